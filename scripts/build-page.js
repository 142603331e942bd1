// Bundles src/page/ for a browser: dist/page/page.js and page.css, which src/report/html.ts puts into one page. What the
// page shares with vipc is the same code; the few files that need Node have others in their place here, and a module of
// Node anywhere else is an error.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Files of vipc, and what the page has in their place. */
const REPLACED = new Map([
  [`${ROOT}src/backends/shared/sha256.ts`, `${ROOT}src/page/sha256.ts`],
  [`${ROOT}src/read/locate.ts`, `${ROOT}src/page/place.ts`],
]);

/** Every file of ours only declares things, so what the page does not use of it is left out. */
const ours = {
  name: 'ours',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^\.{1,2}\// }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === 'asked' || !importer.startsWith(`${ROOT}src/`)) return undefined;
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: 'asked' });
      if (found.errors.length > 0) return found;
      return { path: REPLACED.get(found.path) ?? found.path, sideEffects: false };
    });
    // Only code that is left out asks for them; the check below sees the rest.
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, external: true, sideEffects: false }));
  },
};

await rm(`${ROOT}dist/page`, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [
    { in: `${ROOT}src/page/main.tsx`, out: 'page' },
    { in: `${ROOT}src/page/style.css`, out: 'page' },
  ],
  outdir: `${ROOT}dist/page`,
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  metafile: true,
  plugins: [ours],
});

const wrong = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
if (wrong.length > 0) throw new Error(`the page needs what no browser has: ${wrong.join(', ')}`);

// The licences of the packages in it go where it goes.
const packages = Object.values(metafile.outputs)
  .flatMap(({ inputs }) => Object.entries(inputs))
  .flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (/^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []) : [],
  );
const licences = await Promise.all([...new Set(packages)].sort().map(licenceOf));
const script = `${ROOT}dist/page/page.js`;
await writeFile(script, `/*\n${licences.join('\n').replaceAll('*/', '* /')}*/\n${await readFile(script, 'utf8')}`);

async function licenceOf(folder) {
  const name = (await readdir(ROOT + folder)).find((file) => /^(?:licence|license)/i.test(file));
  if (name === undefined) throw new Error(`${folder} has no file with its licence`);
  return `${folder.replace('node_modules/', '')}:\n${await readFile(`${ROOT}${folder}/${name}`, 'utf8')}`;
}

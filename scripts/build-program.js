// Bundles the command line in dist/cli/: a command starts in half the time when its few hundred modules are a handful of
// files. main.js and the threads are replaced by bundles, in the same folder, because modules find others of the package
// by relative URLs. All other files of dist/ are the library's, and stay.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const CLI = fileURLToPath(new URL('../dist/cli/', import.meta.url));

await build({
  entryPoints: ['main', 'progress-thread', 'relayed-worker'].map((name) => `${CLI}${name}.js`),
  outdir: CLI,
  allowOverwrite: true,
  chunkNames: 'part-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.12',
  legalComments: 'inline',
  // Needed only by what talks to a cluster, and large; pino starts threads from files of its own.
  external: ['@kubernetes/client-node', 'pino'],
  // Packages in CommonJS ask for modules of Node.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});

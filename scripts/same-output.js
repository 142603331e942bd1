// Whether two builds of vipc print the same: `node scripts/same-output.js OTHER`, where OTHER is a built checkout. For
// refactorings, which must not change any output. Runs every command that takes files in both builds on all files of
// fixtures/; and apply --dry-run in a fresh network namespace, which requires root.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [other] = process.argv.slice(2);
if (other === undefined) throw new Error('usage: node scripts/same-output.js OTHER');

/** Larger files take too long, and smaller ones have the same contents. */
const MOST_BYTES = 300_000;
const NETNS = `vipc-same-${process.pid}`;
const NOW = Date.now();
Date.now = () => NOW;

const main = async (root) => {
  const load = (path) => import(pathToFileURL(join(resolve(root), 'dist', path)).href);
  const { main } = await load('cli/main.js');
  const { hostAt } = await load('apply/host.js');
  return async (argv) => {
    const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdin.end();
    const said = [text(stdout), text(stderr)];
    const code = await main(argv, { stdin, stdout, stderr, env: {}, hostAt });
    stdout.end();
    stderr.end();
    return [code, ...(await Promise.all(said))];
  };
};

const files = readdirSync(join(ROOT, 'fixtures'), { recursive: true, encoding: 'utf8' })
  .map((name) => join('fixtures', name))
  .filter((name) => /\.(?:ya?ml|json)$/.test(name) && !name.endsWith('config.yaml'))
  .filter((name) => statSync(join(ROOT, name)).isFile() && statSync(join(ROOT, name)).size <= MOST_BYTES)
  .sort();

/** The command lines for the `i`th file. */
function commands(file, i) {
  const config = join(dirname(file), 'config.yaml');
  const with_ = existsSync(join(ROOT, config)) ? ['-c', config] : [];
  const next = files[(i + 1) % files.length];
  const compile = ['compile', ...with_, file];
  const node = ['--netns', NETNS, '--iptables', 'nft', ...with_, '--skip-invalid', file];
  return [
    ...[[], ['--mode', 'ipvs'], ['--simulate'], ['--family', 'ipv6'], ['--skip-invalid']].map((more) => [
      ...compile,
      ...more,
    ]),
    ...['json', 'resolved'].flatMap((format) =>
      [[], ['--mode', 'ipvs']].map((more) => [...compile, '--format', format, ...more]),
    ),
    ...[[], ['--format', 'json'], ['--mode', 'ipvs']].map((more) => ['diff', file, next, ...more]),
    ...[[], ['-o', 'wide'], ['-o', 'yaml'], ['-o', 'json'], ['-o', 'name']].map((more) => [
      'get',
      'svc',
      '-A',
      file,
      ...more,
    ]),
    ...[[], ['-o', 'yaml']].map((more) => ['describe', 'svc', '-A', file, ...more]),
    ['dns', file],
    ['env', file],
    ['allocate', file],
    ['apply', '--dry-run', ...node],
    ['apply', '--dry-run', '--mode', 'ipvs', ...node],
    ['diff', '--live', ...node],
    ['diff', '--live', '--mode', 'ipvs', '--format', 'json', ...node],
  ];
}

process.chdir(ROOT);
execFileSync('ip', ['netns', 'add', NETNS]);
let [count, differ] = [0, 0];
try {
  execFileSync('ip', ['-n', NETNS, 'link', 'set', 'lo', 'up']);
  const [mine, theirs] = [await main(ROOT), await main(other)];
  for (const [i, file] of files.entries()) {
    for (const argv of commands(relative('.', file), i)) {
      const [now, before] = [await mine(argv), await theirs(argv)];
      count++;
      if (now[0] === before[0] && now[1] === before[1]) continue;
      differ++;
      console.log(`differs: vipc ${argv.join(' ')}`);
      if (process.env.SHOW) console.log(now, before);
    }
  }
} finally {
  execFileSync('ip', ['netns', 'del', NETNS]);
}
console.log(`${count} outputs of ${files.length} files: ${count - differ} are the same, ${differ} differ`);
process.exitCode = differ === 0 ? 0 : 1;

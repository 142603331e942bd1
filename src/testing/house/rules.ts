/**
 * The shape of the house: who may import whom, and who may touch the world. src/imports.test.ts checks it, and prints it
 * into docs/architecture.md (`npm run house`).
 *
 * A place is a folder (ends with /) or a file; the longest that fits a file is its own. The files
 * of a folder may import each other; a file that has a rule of its own imports only what that says. Names are paths below
 * src, or ../ and a path of the repository; packages are npm:NAME, modules of Node node:NAME, globals global:NAME.
 */
export interface Rule {
  readonly place: string;
  /** Files and folders of ours, and what gives the same at each run: packages, and single functions of Node. */
  readonly imports: readonly string[];
  /** What is not the same at each run: files, processes, connections, clocks, chance. A place without any is pure. */
  readonly world?: readonly string[];
}

/** The edges of the process may use all that Node has. */
const NODE = ['node:*', 'global:*'];

/** What every proxy mode may import: never another one. */
const MODE = [
  'backends/backend.ts',
  'backends/features.ts',
  'backends/shared/',
  'tools/iptables/',
  'resolve/types.ts',
  'ip.ts',
  'memo.ts',
];

/** In the order of the pipeline. */
export const RULES: readonly Rule[] = [
  { place: 'printable.ts', imports: [] },
  { place: 'diag.ts', imports: ['printable.ts'] },
  { place: 'text.ts', imports: ['diag.ts'] },
  { place: 'ip.ts', imports: [] },
  { place: 'order.ts', imports: [] },
  { place: 'near.ts', imports: [] },
  { place: 'memo.ts', imports: [] },
  { place: 'options.ts', imports: ['ip.ts'] },
  { place: 'files.ts', imports: ['diag.ts'], world: ['node:crypto', 'node:fs', 'node:path'] },

  { place: 'read/', imports: ['diag.ts', 'ip.ts', 'near.ts', 'options.ts', 'order.ts', 'printable.ts'] },
  { place: 'read/source.ts', imports: ['read/foreign.ts', 'diag.ts'], world: ['node:buffer', 'node:fs', 'node:path'] },
  { place: 'read/yaml.ts', imports: ['read/yaml/', 'npm:js-yaml'] },
  { place: 'read/yaml/', imports: ['npm:js-yaml'] },
  { place: 'complete/', imports: ['read/types.ts', 'diag.ts', 'ip.ts', 'order.ts'] },
  {
    place: 'clusters/',
    imports: [
      'complete/assign.ts',
      'complete/range.ts',
      'discover/dns/',
      'read/names.ts',
      'read/types.ts',
      'read/values.ts',
      'diag.ts',
      'ip.ts',
      'order.ts',
    ],
  },
  { place: 'lint/', imports: ['read/selects.ts', 'read/types.ts', 'diag.ts', 'ip.ts', 'near.ts', 'order.ts'] },
  { place: 'front.ts', imports: ['front/', 'clusters/', 'complete/', 'lint/', 'read/types.ts', 'diag.ts', 'ip.ts'] },
  { place: 'front/', imports: ['complete/allocate.ts', 'read/', 'diag.ts'] },
  { place: 'resolve/', imports: ['read/types.ts', 'diag.ts', 'ip.ts', 'memo.ts', 'options.ts', 'order.ts', 'text.ts'] },

  { place: 'tools/l4.ts', imports: [] },
  { place: 'tools/lines.ts', imports: ['diag.ts'] },
  { place: 'tools/iptables/', imports: ['tools/l4.ts', 'diag.ts', 'ip.ts', 'text.ts'] },
  { place: 'tools/ipset/', imports: ['tools/l4.ts', 'tools/lines.ts', 'diag.ts', 'ip.ts', 'text.ts'] },
  { place: 'tools/ipvs/', imports: ['tools/l4.ts', 'tools/lines.ts', 'diag.ts', 'ip.ts', 'text.ts'] },
  { place: 'tools/addresses/', imports: ['diag.ts', 'ip.ts', 'text.ts'] },
  { place: 'tools/nft/', imports: ['tools/lines.ts', 'diag.ts', 'text.ts'] },
  { place: 'tools/conntrack.ts', imports: ['tools/l4.ts', 'diag.ts', 'ip.ts', 'text.ts'] },
  { place: 'tools/sysctl.ts', imports: ['text.ts'] },
  { place: 'backends/features.ts', imports: [] },
  { place: 'backends/modes.ts', imports: [] },
  {
    place: 'backends/backend.ts',
    imports: [
      'backends/features.ts',
      'tools/',
      'resolve/types.ts',
      'diag.ts',
      'ip.ts',
      'memo.ts',
      'options.ts',
      'text.ts',
    ],
  },
  {
    place: 'backends/shared/',
    imports: [
      'backends/backend.ts',
      'backends/features.ts',
      'tools/',
      'resolve/types.ts',
      'diag.ts',
      'ip.ts',
      'text.ts',
    ],
  },
  { place: 'backends/iptables/', imports: [...MODE, 'diag.ts', 'options.ts'] },
  { place: 'backends/iptables/names.ts', imports: ['resolve/types.ts', 'ip.ts', 'node:crypto.hash'] },
  {
    place: 'backends/ipvs/',
    imports: [
      ...MODE,
      'tools/addresses/',
      'tools/ipset/',
      'tools/ipvs/',
      'tools/l4.ts',
      'tools/sysctl.ts',
      'diag.ts',
      'options.ts',
      'text.ts',
    ],
  },
  { place: 'backends/index.ts', imports: ['backends/backend.ts', 'backends/iptables/', 'backends/ipvs/'] },
  { place: 'backends/ours.ts', imports: ['backends/', 'tools/'] },
  { place: 'synthetic.ts', imports: ['backends/backend.ts', 'text.ts'] },
  {
    place: 'pipeline.ts',
    imports: [
      'front.ts',
      'clusters/',
      'complete/',
      'resolve/',
      'backends/',
      'synthetic.ts',
      'read/types.ts',
      'diag.ts',
      'ip.ts',
      'memo.ts',
      'options.ts',
      'text.ts',
    ],
  },
  {
    place: 'nodes.ts',
    imports: ['pipeline.ts', 'backends/backend.ts', 'clusters/', 'read/types.ts', 'diag.ts', 'options.ts'],
  },

  { place: 'discover/', imports: ['read/types.ts', 'diag.ts', 'ip.ts', 'order.ts'] },
  {
    place: 'look/',
    imports: [
      'lint/',
      'resolve/view.ts',
      'read/locate.ts',
      'read/names.ts',
      'read/types.ts',
      'diag.ts',
      'ip.ts',
      'near.ts',
      'order.ts',
      'printable.ts',
    ],
  },
  { place: 'look/yaml.ts', imports: ['printable.ts', 'npm:js-yaml'] },
  { place: 'write/', imports: ['read/', 'diag.ts'] },
  { place: 'write/expand.ts', imports: ['npm:js-yaml'] },

  { place: 'review/', imports: ['resolve/view.ts', 'text.ts', 'npm:diff'] },
  {
    place: 'diff/',
    imports: ['review/compare.ts', 'backends/backend.ts', 'backends/ours.ts', 'tools/', 'diag.ts', 'ip.ts', 'text.ts'],
  },
  { place: 'doctor/', imports: ['ip.ts'] },
  {
    place: 'apply/',
    imports: [
      'diff/',
      'backends/backend.ts',
      'backends/features.ts',
      'backends/ours.ts',
      'tools/',
      'diag.ts',
      'ip.ts',
      'options.ts',
      'text.ts',
    ],
  },
  { place: 'apply/host.ts', imports: [], world: ['npm:execa', 'node:os', 'global:setTimeout'] },
  {
    place: 'apply/lock.ts',
    imports: ['diag.ts', 'files.ts'],
    world: ['node:child_process', 'node:fs', 'global:process'],
  },

  {
    place: 'watch/',
    imports: [],
    world: ['node:timers', 'global:Math.random', 'global:performance', 'global:setTimeout'],
  },
  { place: 'watch/client.ts', imports: ['watch/kubeconfig.ts'], world: ['node:http', 'node:https'] },
  {
    place: 'watch/kubeconfig.ts',
    imports: [],
    world: ['npm:@kubernetes/client-node', 'node:fs', 'node:path', 'global:process'],
  },
  {
    place: 'serve/',
    imports: [
      'diff/plan.ts',
      'review/compare.ts',
      'backends/backend.ts',
      'resolve/print.ts',
      'resolve/types.ts',
      'tools/',
      'diag.ts',
      'ip.ts',
    ],
    world: ['global:Date.now'],
  },
  { place: 'serve/connections.ts', imports: [], world: ['node:net', 'global:setImmediate'] },
  { place: 'serve/http.ts', imports: ['serve/connections.ts', 'ip.ts'], world: ['node:http'] },
  { place: 'serve/notify.ts', imports: [], world: ['node:child_process', 'global:process', 'global:setInterval'] },
  { place: 'serve/series.ts', imports: [], world: ['npm:prom-client'] },
  {
    place: 'sync/',
    imports: [
      'watch/source.ts',
      'serve/',
      'apply/',
      'diff/',
      'review/',
      'pipeline.ts',
      'front.ts',
      'backends/backend.ts',
      'backends/features.ts',
      'read/',
      'diag.ts',
      'memo.ts',
      'options.ts',
      'printable.ts',
    ],
    world: ['npm:pino', 'global:Date.now', 'global:Math.random', 'global:performance', 'global:setTimeout'],
  },
  {
    place: 'cli/',
    imports: [
      'sync/',
      'serve/',
      'watch/',
      'apply/',
      'doctor/',
      'diff/',
      'review/',
      'write/',
      'look/',
      'discover/',
      'nodes.ts',
      'pipeline.ts',
      'front.ts',
      'backends/',
      'tools/iptables/types.ts',
      'resolve/',
      'clusters/',
      'complete/complete.ts',
      'read/',
      'diag.ts',
      'files.ts',
      'ip.ts',
      'options.ts',
      'printable.ts',
      'text.ts',
    ],
    world: ['npm:commander', 'npm:pino', ...NODE],
  },
  { place: '../bin/', imports: ['cli/main.ts'], world: ['global:process'] },
  {
    place: '../scripts/',
    imports: [],
    world: ['npm:jest-environment-node', ...NODE],
  },
  { place: '../jest.config.js', imports: [], world: ['global:process'] },
];

/** What is built, and what its tests stand on. */
const BUILT = RULES.map(({ place }) => place).filter((place) => !place.startsWith('../') && place !== 'cli/');

const TESTING: readonly Rule[] = [
  { place: 'testing/', imports: BUILT, world: ['npm:@jest/globals', 'npm:fast-check', ...NODE] },
  { place: 'testing/house/', imports: [], world: ['npm:@swc/core', ...NODE] },
  { place: 'testing/run/', imports: ['testing/', 'cli/main.ts', ...BUILT], world: ['npm:@jest/globals', ...NODE] },
  { place: '../bench/', imports: ['testing/', '../bin/', ...BUILT], world: NODE },
];

/** All places of files that are no tests. */
export const ALL: readonly Rule[] = [...RULES, ...TESTING];

/** What a test may import beyond what its place may: what makes its input, and shows what came of it. */
export const EVERY_TEST: readonly string[] = [
  'testing/',
  'front.ts',
  'pipeline.ts',
  'read/',
  'diag.ts',
  'ip.ts',
  'options.ts',
  'order.ts',
  'text.ts',
  'npm:@jest/globals',
  'npm:fast-check',
  'npm:js-yaml',
  ...NODE,
];

/** And what tests of a place may besides. */
export const TESTS: Readonly<Record<string, readonly string[]>> = {
  'printable.test.ts': ['look/'],
  'imports.test.ts': [],
  'front.test.ts': ['complete/'],
  'apply/': ['backends/iptables/names.ts'],
  'lint/': ['complete/'],
  'look/': ['complete/', 'apply/host.ts', 'cli/'],
  'write/': ['complete/'],
  'clusters/': ['cli/'],
  'backends/': ['tools/'],
  'diff/': ['review/', 'serve/'],
  'review/': ['resolve/print.ts'],
  'serve/': ['apply/host.ts'],
  'sync/': ['cli/'],
  'testing/': ['apply/host.ts', 'tools/', 'computed'],
  'suites/': [...BUILT, 'cli/'],
};

/** Circles of files that are left; there should be none. */
export const CIRCLES: readonly string[] = [
  'src/apply/probe.ts ↔ src/apply/read-rules.ts',
  'src/diff/rule-sections.ts ↔ src/diff/sections.ts',
  'src/review/line.ts ↔ src/review/print.ts',
];

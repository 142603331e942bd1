/**
 * test-rules: what tests, their support and the benches may import.
 */
import { names, type Rule, rule } from './rule.js';
import { RULES } from './rules.js';

/** The shipped code, and the files that its tests use. */
const BUILT = RULES.map(({ place }) => place)
  .filter((place) => !place.startsWith('../') && place !== 'cli/')
  .join(' ');

const TESTING: readonly Rule[] = [
  rule('testing/', BUILT, 'npm:@jest/globals npm:fast-check npm:playwright-core npm:axe-core node:* global:*'),
  rule('testing/house/', 'testing/cases/cases.ts', 'npm:@swc/core node:* global:*'),
  rule('testing/run/', `testing/ cli/main.ts npm:js-yaml ${BUILT}`, 'npm:@jest/globals node:* global:*'),
  rule('../bench/', `testing/ ../bin/ ${BUILT}`, 'node:* global:*'),
];

/** All places of files that are no tests. */
export const ALL: readonly Rule[] = [...RULES, ...TESTING];

/** What every test may import beyond its place: helpers that make its input and show its output. */
export const EVERY_TEST: readonly string[] = names(
  'testing/ front.ts pipeline.ts read/ diag.ts ip.ts options.ts order.ts text.ts ' +
    'npm:@jest/globals npm:fast-check npm:js-yaml node:* global:*',
);

/** Further imports for tests of single places. */
export const TESTS: Readonly<Record<string, readonly string[]>> = {
  'printable.test.ts': ['views/'],
  'imports.test.ts': [],
  'sizes.test.ts': [],
  'front.test.ts': ['complete/'],
  'apply/': ['backends/iptables/lower.ts', 'backends/iptables/names.ts', 'backends/nftables/lower.ts'],
  'lint/': ['complete/'],
  'explain/': ['views/'],
  'kubectl/': ['complete/'],
  'views/': ['complete/', 'apply/host.ts', 'cli/'],
  'write/': ['complete/'],
  'clusters/': ['cli/'],
  'backends/': ['tools/'],
  'tools/': names('apply/host.ts backends/served.ts diff/ tools/'),
  'synthetic.test.ts': ['complete/'],
  'vipc.test.ts': ['backends/'],
  'diff/': ['review/', 'serve/'],
  'review/': ['resolve/print.ts'],
  'serve/': ['apply/host.ts', 'report/pack.ts'],
  'report/': ['backends/chain-names.ts'],
  'sync/': ['cli/'],
  'testing/': ['apply/host.ts', 'tools/', 'computed'],
  'suites/': names(`cli/ ${BUILT}`),
};

/**
 * The shape of the house: which folder may import which, read from the import statements. docs/architecture.md draws it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const SRC = fileURLToPath(new URL('.', import.meta.url));

/** What every proxy mode may import: never another one. */
const MODE = [
  'backends/backend.ts',
  'backends/features.ts',
  'backends/shared/',
  'tools/',
  'resolve/types.ts',
  'diag.ts',
  'ip.ts',
  'memo.ts',
  'text.ts',
  'options.ts',
];

/** The rule languages, none of which knows another. */
const LANGUAGES = [
  'iptables/',
  'ipset/',
  'ipvs/',
  'addresses/',
  'nft/',
  'sysctl.ts',
  'conntrack.ts',
  'l4.ts',
  'lines.ts',
];
const LANGUAGE = ['tools/l4.ts', 'tools/lines.ts', 'diag.ts', 'ip.ts', 'text.ts'];

/** For each place, longest match first, what its files may import: places of ours, and packages. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'printable.ts': [],
  'diag.ts': ['printable.ts'],
  'text.ts': ['diag.ts'],
  'files.ts': ['diag.ts', 'node:crypto', 'node:fs', 'node:path'],
  'ip.ts': [],
  'order.ts': [],
  'memo.ts': [],
  'options.ts': ['ip.ts'],
  'read/source.ts': ['read/', 'diag.ts', 'node:fs', 'node:path', 'node:buffer'],
  'read/yaml.ts': ['read/', 'diag.ts', 'js-yaml'],
  'read/yaml/': ['js-yaml'],
  'read/': ['order.ts', 'printable.ts', 'read/', 'near.ts', 'diag.ts', 'ip.ts', 'options.ts'],
  'resolve/': ['order.ts', 'resolve/', 'read/types.ts', 'memo.ts', 'diag.ts', 'ip.ts', 'text.ts', 'options.ts'],
  'complete/': ['order.ts', 'complete/', 'read/types.ts', 'diag.ts', 'ip.ts'],
  'discover/': ['order.ts', 'discover/', 'read/types.ts', 'diag.ts', 'ip.ts'],
  'near.ts': [],
  'lint/': ['near.ts', 'order.ts', 'lint/', 'read/types.ts', 'read/selects.ts', 'diag.ts', 'ip.ts'],
  'look/yaml.ts': ['js-yaml', 'printable.ts'],
  'look/': [
    'order.ts',
    'printable.ts',
    'near.ts',
    'look/',
    'lint/',
    'read/types.ts',
    'read/names.ts',
    'read/locate.ts',
    'resolve/view.ts',
    'diag.ts',
    'ip.ts',
  ],
  'clusters/': [
    'order.ts',
    'clusters/',
    'complete/',
    'discover/',
    'read/types.ts',
    'read/names.ts',
    'read/config/values.ts',
    'diag.ts',
    'ip.ts',
  ],
  'backends/features.ts': [],
  'backends/backend.ts': [
    'backends/features.ts',
    'tools/',
    'memo.ts',
    'resolve/types.ts',
    'diag.ts',
    'ip.ts',
    'text.ts',
    'options.ts',
  ],
  'backends/index.ts': ['backends/'],
  'backends/modes.ts': [],
  'backends/ours.ts': ['backends/', 'tools/'],
  'backends/shared/': ['backends/shared/', ...MODE],
  'backends/iptables/': ['backends/iptables/', ...MODE],
  'backends/iptables/names.ts': ['resolve/types.ts', 'ip.ts', 'node:crypto'],
  'backends/ipvs/': ['backends/ipvs/', ...MODE],
  ...Object.fromEntries(LANGUAGES.map((language) => [`tools/${language}`, [`tools/${language}`, ...LANGUAGE]])),
  'review/': ['review/', 'resolve/view.ts', 'text.ts', 'diff'],
  'synthetic.ts': ['backends/backend.ts', 'text.ts'],
  'write/expand.ts': ['js-yaml'],
  'write/': ['write/', 'read/', 'diag.ts'],
  'nodes.ts': ['pipeline.ts', 'backends/backend.ts', 'clusters/', 'read/types.ts', 'diag.ts', 'options.ts'],
  'front/': ['complete/allocate.ts', 'read/', 'diag.ts'],
  'front.ts': ['front/', 'clusters/', 'complete/', 'lint/', 'read/', 'diag.ts', 'ip.ts'],
  'pipeline.ts': [
    'front.ts',
    'backends/',
    'clusters/',
    'complete/',
    'read/',
    'resolve/',
    'synthetic.ts',
    'memo.ts',
    'diag.ts',
    'ip.ts',
    'text.ts',
    'options.ts',
  ],
  'diff/': ['diff/', 'backends/backend.ts', 'backends/ours.ts', 'tools/', 'review/', 'diag.ts', 'ip.ts', 'text.ts'],
  'doctor/': ['doctor/', 'tools/', 'backends/ours.ts', 'diag.ts', 'ip.ts'],
  'watch/kubeconfig.ts': ['@kubernetes/client-node', 'node:fs', 'node:path'],
  'watch/client.ts': ['watch/kubeconfig.ts', 'node:http', 'node:https'],
  'watch/': ['watch/', 'node:timers/promises'],
  'serve/connections.ts': ['node:net'],
  'serve/http.ts': ['serve/connections.ts', 'node:http', 'ip.ts'],
  'serve/notify.ts': ['node:child_process'],
  'serve/series.ts': ['prom-client'],
  'serve/': [
    'serve/',
    'backends/backend.ts',
    'diff/plan.ts',
    'tools/',
    'resolve/types.ts',
    'resolve/print.ts',
    'review/compare.ts',
    'diag.ts',
    'ip.ts',
  ],
  'apply/host.ts': ['execa', 'node:os'],
  'apply/lock.ts': ['files.ts', 'diag.ts', 'node:child_process', 'node:fs'],
  'apply/': [
    'apply/',
    'backends/backend.ts',
    'backends/features.ts',
    'backends/ours.ts',
    'diff/',
    'tools/',
    'diag.ts',
    'ip.ts',
    'options.ts',
    'text.ts',
  ],
};

/** May import everything: the edges of the process, and tests. */
const FREE = ['cli/', 'sync/', 'testing/'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .filter((file) => !FREE.some((place) => file.startsWith(place)))
  .sort();

describe.each(files)('%s', (file) => {
  const place = Object.keys(ALLOWED)
    .filter((candidate) => file.startsWith(candidate))
    .sort((a, b) => b.length - a.length)[0];

  it('has a place', () => expect(place).toBeDefined());

  it('imports only what its place may', () => {
    const allowed = ALLOWED[place ?? ''] ?? [];
    const imports = importsOf(file);
    expect(imports.filter((name) => !allowed.some((permitted) => name.startsWith(permitted)))).toEqual([]);
  });
});

/** What a file imports: files of ours as paths below src, others by name. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const names = [...text.matchAll(/(?:^|\n)(?:import|export)\b[^;]*?\bfrom '([^']+)'/g)].map(([, name = '']) => name);
  return names.map((name) =>
    name.startsWith('.') ? normalize(join(dirname(file), name)).replace(/\.js$/, '.ts') : name,
  );
}

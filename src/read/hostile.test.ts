/** Hostile input must give diagnostics or nothing, never an exception. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Origin } from '../diag.js';
import { often } from '../testing/run/extent.js';
import { readConfig } from './config.js';
import { excerpt, locate } from './locate.js';
import { readSnapshot } from './snapshot.js';

const KINDS = [
  ['v1', 'Service'],
  ['v1', 'Endpoints'],
  ['v1', 'Node'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
  ['v1', 'Pod'],
  ['v1', 'PodTemplate'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['networking.k8s.io/v1', 'ServiceCIDR'],
  ['networking.k8s.io/v1', 'IPAddress'],
  ['multicluster.x-k8s.io/v1alpha1', 'ServiceExport'],
  ['multicluster.x-k8s.io/v1alpha1', 'ServiceImport'],
  ['v1', 'List'],
  ['v1', 'ServiceList'],
  ['v1', 'ConfigMap'],
  ['kubeproxy.config.k8s.io/v1alpha1', 'KubeProxyConfiguration'],
] as const;

const FIELDS =
  'metadata name namespace labels annotations spec type clusterIP clusterIPs ports port nodePort targetPort protocol ipFamilies ' +
  'sessionAffinityConfig clientIP timeoutSeconds externalIPs loadBalancerSourceRanges status loadBalancer ingress ip subsets ' +
  'addresses endpoints addressType conditions ready hints forZones podCIDR podCIDRs items data iptables masqueradeBit mode ' +
  'syncPeriod clusterCIDR nodePortAddresses detectLocal __proto__ constructor toString template replicas selector matchLabels ' +
  'containers initContainers containerPort nodeName hostname subdomain hostNetwork podIP podIPs phase ordinals start rules http ' +
  'paths backend service number defaultBackend cidrs parentRef ips exportedLabels trafficDistribution ownerReferences taints';

const STRINGS = [
  'x" -j ACCEPT',
  "x'; rm -rf /",
  'a\nb',
  'a\u0000b',
  '\u001b[31m',
  '\u202e',
  '\ud800',
  'x'.repeat(10_000),
  '__proto__',
  '10.0.0.1',
  'None',
  'fd00::1',
  'IPv4',
  '30s',
  'primary',
  'KubeProxyConfiguration: {',
];

const leaf = fc.oneof(
  fc.constantFrom<unknown>(...STRINGS, null, true, -0, 0, 1e3, 80, 65536, 1e308, -1, 0.5),
  fc.string(),
  fc.integer(),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...FIELDS.split(' ')), tie('tree'), { maxKeys: 8 }),
  ),
}));

const object = fc
  .tuple(fc.constantFrom(...KINDS), fc.dictionary(fc.constantFrom(...FIELDS.split(' ')), tree))
  .map(([[apiVersion, kind], fields]) => ({ apiVersion, kind, ...fields }));

const pieces = fc.constantFrom(
  ...[
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '---\n',
    '...\n',
    '&a ',
    '*a',
    '<<: ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|\n',
    '>',
    '?',
    '!',
    '!!int ',
    '%YAML',
    '\t',
    ',',
    '#',
    '\r',
    '0',
    '~',
    '\ufeff',
  ],
);

describe('hostile input', () => {
  it('any objects', () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 4 }), (items) => {
        readAll(JSON.stringify({ kind: 'List', items }));
      }),
      { numRuns: often(60, 150) },
    );
  });

  it('any texts of YAML', () => {
    fc.assert(fc.property(fc.string({ unit: pieces, maxLength: 60 }), readOnly), { numRuns: often(100, 300) });
  });

  it('any texts', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), readOnly), { numRuns: often(50, 200) });
  });

  const texts: [string, string][] = [
    ['deep JSON', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['deep objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['deep YAML', '- '.repeat(100_000)],
    ['deep Lists', `${'{"kind":"List","items":['.repeat(10_000)}${']}'.repeat(10_000)}`],
    [
      'an object that holds itself',
      'apiVersion: v1\nkind: Service\nmetadata: &m {name: *m}\nspec: &s {ports: [*s], type: *s}\n',
    ],
    ['a List that holds itself', '&l\nkind: List\nitems: [*l, *l, *l]\n'],
    [
      'ports that are not numbers',
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: .nan}, {port: .inf}, {port: "80"}, {port: 1e3}, {port: -0}]}',
    ],
    ['a thousand documents', '---\na: [\n'.repeat(5000)],
    [
      'a prototype',
      '{"apiVersion":"v1","kind":"Service","__proto__":{"x":1},"metadata":{"name":"a","labels":{"__proto__":"x"}}}',
    ],
    ['a YAML prototype', 'apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n  __proto__: {labels: {a: 5}}\n'],
  ];

  it.each(texts)('%s', (_, text) => {
    const { diagnostics } = readAll(text);
    expect(diagnostics.length).toBeLessThanOrEqual(1001);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('aliases that multiply', () => {
    const refs = (name: string, count: number) => new Array(count).fill(`*${name}`).join(', ');
    const endpoints = (name: string) => `- {<<: *o, metadata: {name: ${name}}}\n`;
    const text = `- &a {ip: 10.0.0.1}
- &s {addresses: [${refs('a', 300)}]}
- &o {apiVersion: v1, kind: Endpoints, subsets: [${refs('s', 300)}]}
${Array.from({ length: 300 }, (_, i) => endpoints(`e${i}`)).join('')}`;
    const list = `kind: List\nitems:\n${text}`;
    const { value, diagnostics } = readSnapshot([{ name: 'a', text: list }]);
    expect(value.endpoints.length).toBeLessThan(10);
    expect(diagnostics.some(({ code }) => code === 'too-large')).toBe(true);
  });
});

/** Reads `text` both ways and locates every diagnostic; values that are kept must be safe in a rule. */
function readAll(text: string): ReturnType<typeof readSnapshot> {
  const source = { name: 'a.yaml', text };
  const read = readSnapshot([source]);
  const config = readConfig(source);
  for (const { message, origin } of [...read.diagnostics, ...config.diagnostics].slice(0, 50)) {
    expect(message).not.toMatch(/(?!\t)[\p{Cc}\u202e]/u);
    expect(message.length).toBeLessThan(1000);
    if (origin) checkPlace(origin);
  }
  const { services, slices, endpoints } = read.value;
  for (const { spec, metadata } of services) {
    const texts = [
      metadata.name,
      metadata.namespace,
      ...spec.clusterIPs,
      ...spec.externalIPs,
      ...spec.ports.map(({ name }) => name),
    ];
    for (const part of texts) expect(part).toMatch(/^[A-Za-z0-9.:-]*$/);
    for (const { port, nodePort } of spec.ports) expect(`${port} ${nodePort}`).toMatch(/^\d{1,5} \d{1,5}$/);
  }
  for (const { addresses } of slices
    .filter(({ addressType }) => addressType !== 'FQDN')
    .flatMap((slice) => slice.endpoints)) {
    for (const part of addresses) expect(part).toMatch(/^[0-9a-f.:]+$/);
  }
  for (const { ip } of endpoints.flatMap(({ subsets }) => subsets).flatMap(({ addresses }) => addresses)) {
    expect(ip).toMatch(/^[0-9a-f.:]+$/);
  }
  return read;
}

function readOnly(text: string): void {
  readAll(text);
}

function checkPlace(origin: Origin): void {
  const { line, col } = locate(origin);
  expect(line).toBeGreaterThan(0);
  expect(col).toBeGreaterThan(0);
  expect(excerpt(origin) ?? '').not.toMatch(/(?!\t)[\p{Cc}\u202e]/u);
}

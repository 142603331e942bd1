/**
 * What a change of a cluster does to connections, in the words of a reviewer. The truth of each row is what Kubernetes says
 * of the change (KEP and API documentation); that the evaluator behind it is right, packets say (src/packet).
 */
import { describe, expect, it } from '@jest/globals';
import { rulesOf } from '../packet/desired.js';
import { artifactsOf, type Compiled, compileState, RESOLVED_FILE, textOf } from '../pipeline.js';
import { compare } from '../review/compare.js';
import { SMALL_OPTIONS, type SmallService, smallCluster } from '../testing/cases/small-cluster.js';
import { render } from '../text.js';
import { effectsBetween, effectsOnNode } from './between.js';
import { effectAnnotations, effectLines, effectMarkdown } from './print.js';

const TCP = { ports: [{ name: 'tcp', protocol: 'TCP', port: 80, nodePort: 31002 }] };
const BOTH = { name: 'web', number: 1, ready: ['pod1', 'remote'], spec: TCP } as const satisfies SmallService;

function compiled(services: readonly SmallService[], mode: string, layout?: string) {
  const { value } = compileState(smallCluster(services), { ...SMALL_OPTIONS, mode }, { layout });
  if (!value) throw new Error('the small cluster does not compile');
  return value;
}

function effects(before: readonly SmallService[], after: readonly SmallService[], mode: string) {
  const [was, is] = [compiled(before, mode), compiled(after, mode)];
  return effectsBetween(was, is, changes(was, is));
}

function changes(was: Compiled, is: Compiled) {
  const sections = (side: Compiled) =>
    artifactsOf(side)
      .filter(({ name }) => name !== RESOLVED_FILE)
      .flatMap((artifact) =>
        artifact
          .sections(render(textOf(artifact)))
          .map((section) => ({ ...section, title: `${artifact.name} ${section.title}` })),
      );
  return compare(sections(was), sections(is));
}

function nodeOf({ desired, resolved }: Compiled) {
  return rulesOf(
    desired,
    resolved.flatMap(({ node }) => [...node.addresses, node.ip.text]),
  );
}

const spec = (more: object) => ({ ...BOTH, spec: { ...TCP, ...more } });

const affine = (timeoutSeconds: number) =>
  spec({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds } } });

const checked = (healthCheckNodePort: number) =>
  spec({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort });

/** Name, before, after, and effects of IPv4: severity and text. */
const ROWS: readonly [string, readonly SmallService[], readonly SmallService[], readonly string[]][] = [
  ['nothing', [BOTH], [BOTH], []],
  [
    'an endpoint goes',
    [BOTH],
    [{ ...BOTH, ready: ['pod1'] }],
    ['lost endpoint 10.244.2.6:8080 gone (was 1/2 of new connections)'],
  ],
  [
    'an endpoint comes',
    [BOTH],
    [{ ...BOTH, ready: ['pod1', 'pod2', 'remote'] }],
    ['gained endpoint 10.244.1.6:8080 new (1/3 of new connections)'],
  ],
  ['the last endpoint goes', [BOTH], [{ ...BOTH, ready: [] }], ['outage no endpoint left: connections are refused']],
  ['the Service goes', [BOTH], [], ['outage no longer served at any address']],
  [
    'a source range comes',
    [BOTH],
    [spec({ loadBalancerSourceRanges: ['198.51.100.0/24', '192.168.7.0/24', '10.244.0.0/16', 'fd00::/8'] })],
    ['refused outside: LoadBalancerIP 203.0.113.1:80 reached endpoints, now is dropped'],
  ],
  [
    'a source range goes',
    [spec({ loadBalancerSourceRanges: ['198.51.100.0/24', '10.0.0.0/8'] })],
    [spec({ loadBalancerSourceRanges: ['10.0.0.0/8'] })],
    ['refused 198.51.100.0/24 no longer admitted to 203.0.113.1:80'],
  ],
  [
    'a source range gets narrower',
    [spec({ loadBalancerSourceRanges: ['198.51.100.0/24'] })],
    [spec({ loadBalancerSourceRanges: ['198.51.100.0/25'] })],
    ['refused 198.51.100.0/24 except 198.51.100.0/25 no longer admitted to 203.0.113.1:80'],
  ],
  [
    'a source range gets wider',
    [spec({ loadBalancerSourceRanges: ['198.51.100.128/32', '198.51.100.0/25'] })],
    [spec({ loadBalancerSourceRanges: ['198.51.100.0/24'] })],
    ['gained 198.51.100.0/24 except 198.51.100.128/32, 198.51.100.0/25 admitted to 203.0.113.1:80'],
  ],
  [
    'a source range is said in two halves',
    [spec({ loadBalancerSourceRanges: ['198.51.100.0/24'] })],
    [spec({ loadBalancerSourceRanges: ['198.51.100.0/25', '198.51.100.128/25'] })],
    [],
  ],
  [
    'policy Local, with endpoints here',
    [BOTH],
    [spec({ externalTrafficPolicy: 'Local' })],
    [
      'changed source address of outside to 192.168.7.2:31002 kept',
      'changed source address of outside to 203.0.113.1:80 kept',
      'changed source address of pods of this node to 192.168.7.2:31002 kept',
      'changed source address of pods of this node to 203.0.113.1:80 kept',
    ],
  ],
  [
    'policy Local, without endpoints here',
    [{ ...BOTH, ready: ['remote'] }],
    [{ ...spec({ externalTrafficPolicy: 'Local' }), ready: ['remote'] }],
    [
      'changed source address of pods of this node to 192.168.7.2:31002 kept',
      'changed source address of pods of this node to 203.0.113.1:80 kept',
      'refused outside: LoadBalancerIP 203.0.113.1:80 reached endpoints, now is dropped',
      'refused outside: NodePort 192.168.7.2:31002 reached endpoints, now is dropped',
    ],
  ],
  ['affinity', [BOTH], [spec({ sessionAffinity: 'ClientIP' })], ['changed clients stay with an endpoint']],
  [
    'another time of affinity',
    [affine(600)],
    [affine(700)],
    ['changed clients stay with an endpoint for 700 s (was 600 s)'],
  ],
  [
    'another health check node port',
    [checked(32100)],
    [checked(32200)],
    ['changed load balancers ask node port 32200 for its health (was 32100)'],
  ],
  [
    'an address more',
    [BOTH],
    [spec({ externalIPs: ['198.51.100.7'] })],
    ['gained ExternalIP 198.51.100.7:80 is served'],
  ],
  [
    'an address less',
    [spec({ externalIPs: ['198.51.100.7'] })],
    [BOTH],
    ['refused ExternalIP 198.51.100.7:80 is no longer served'],
  ],
];

/**
 * Where ipvs mode does otherwise, by design (docs/ipvs.md): under policy Local all clients keep their address, and without an
 * endpoint here traffic falls back to those elsewhere.
 */
const KEPT = ['outside', 'pods of this node', 'this node'].flatMap((client) =>
  ['192.168.7.2:31002', '203.0.113.1:80'].map((address) => `changed source address of ${client} to ${address} kept`),
);
const IPVS: Readonly<Record<string, readonly string[]>> = {
  'policy Local, with endpoints here': KEPT,
  'policy Local, without endpoints here': KEPT,
};

describe.each(['iptables', 'ipvs'])('%s mode', (mode) => {
  it.each(ROWS)('%s', (name, before, after, expected) => {
    const found = effects(before, after, mode)
      .effects.filter(({ family, text }) => family === 'ipv4' && !/fd00|2001/.test(text))
      .map(({ severity, text }) => `${severity} ${text}`);
    expect([...new Set(found)].sort()).toEqual([...((mode === 'ipvs' && IPVS[name]) || expected)].sort());
  });
});

describe('a node whose affinity has another timeout', () => {
  const changed = (text: string) => [`changed clients stay with an endpoint for ${text}`];

  it.each([
    ['iptables', 'kube-proxy'],
    ['iptables', 'fast'],
    ['ipvs', 'kube-proxy'],
    ['nftables', 'kube-proxy'],
    ['nftables', 'fast'],
    ['userspace', 'kube-proxy'],
  ])('%s mode, layout %s', (mode, layout) => {
    const [was, is] = [compiled([affine(600)], mode, layout), compiled([affine(700)], mode, layout)];
    const told = (direction: 'from node' | 'to node') => {
      const { effects, without } = effectsOnNode(nodeOf(was), is, changes(was, is), direction);
      return [...effects.map(({ severity, text }) => `${severity} ${text}`), ...without];
    };
    expect(told('from node')).toEqual(changed('700 s (was 600 s)'));
    expect(told('to node')).toEqual(changed('600 s (was 700 s)'));
  });
});

describe('a node with another health check node port', () => {
  const told = (mode: string, direction: 'from node' | 'to node', others: readonly SmallService[] = []) => {
    const [was, is] = [compiled([checked(32100), ...others], mode), compiled([checked(32200)], mode)];
    const { effects } = effectsOnNode(nodeOf(was), is, asOfNode(changes(was, is)), direction);
    return effects.filter(({ severity }) => severity === 'changed').map(({ text }) => text);
  };
  /** Members of a set stand in the differences of a node without `add`, those that come under their Service. */
  const asOfNode = (all: ReturnType<typeof changes>) => [
    ...all.map((change) => ({
      ...change,
      sections: change.sections.map((section) => ({
        ...section,
        lines: section.lines.map((line) => ({ ...line, text: line.text.replace(/^add \S+ /, '') })),
      })),
    })),
    { service: 'default/web', sections: [] },
  ];

  it.each(['iptables', 'ipvs'])('%s mode', (mode) => {
    expect(told(mode, 'from node')).toEqual(['load balancers ask node port 32200 for its health (was 32100)']);
    expect(told(mode, 'to node')).toEqual(['load balancers ask node port 32100 for its health (was 32200)']);
  });

  it('in ipvs mode whose a port was is not known where several go', () => {
    const ports = [{ name: 'tcp', protocol: 'TCP', port: 80, nodePort: 31003 }];
    const db = { ...checked(32300), name: 'db', number: 2, spec: { ...checked(32300).spec, ports } };
    expect(told('ipvs', 'from node', [db])).toEqual([]);
  });
});

describe('told', () => {
  const found = effects([BOTH, { name: 'db', number: 2, ready: ['pod1'] }], [{ ...BOTH, ready: ['pod1'] }], 'iptables');

  it('the most hurtful first', () => {
    expect([...effectLines(found)].map((line) => line.split(' ')[0])).toEqual(['outage', 'outage', 'lost', 'lost']);
  });

  it('as a table that text cannot break out of', () => {
    const evil = { ...found, effects: found.effects.map((effect) => ({ ...effect, text: 'a|b <script>\n*' })) };
    const lines = [...effectMarkdown([{ ...evil, nodes: [] }])];
    expect(lines[2]).toBe('| outage | default/db:tcp | a\\|b &#60;script&#62; \\* |');
  });

  it('as annotations that text cannot break out of', () => {
    const evil = { ...found, effects: found.effects.map((effect) => ({ ...effect, text: '100%\n::error::x' })) };
    expect([...effectAnnotations([{ ...evil, nodes: ['node-a'] }])][0]).toBe(
      '::error title=default/db%3Atcp::100%25%0A::error::x (node-a)',
    );
  });
});

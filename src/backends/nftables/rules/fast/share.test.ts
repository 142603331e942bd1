import { describe, expect, it } from '@jest/globals';
import type { Endpoint, Frontend, ServicePort } from '../../../../resolve/types.js';
import { sharesOf } from './share.js';
import { spacesOf } from './spaces.js';

const SPACES = spacesOf({ ip: 'ip' });

function endpoint(text: string): Endpoint {
  const [ip = '', port = ''] = text.split(':');
  const state = { local: false, ready: true, serving: true, terminating: false };
  return { ip, port: Number(port), ...state, nodeName: '', zoneHints: [], nodeHints: [] };
}

const [A, B, C, OTHER_PORT, SAME_IP] = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80', '10.0.0.2:81', '10.0.0.1:80'].map(
  endpoint,
) as [Endpoint, Endpoint, Endpoint, Endpoint, Endpoint];

interface Some {
  readonly vip?: string;
  readonly port?: number;
  readonly cluster?: readonly Endpoint[];
  readonly local?: readonly Endpoint[];
  readonly more?: Partial<ServicePort>;
  readonly nodePort?: number;
}

function servicePort({
  vip = '10.96.0.1',
  port = 80,
  cluster = [A, B],
  local = [],
  more,
  nodePort,
}: Some): ServicePort {
  const frontend = { policy: 'Cluster', masquerade: 'never' } as const;
  const frontends: Frontend[] = [
    { kind: 'ClusterIP', ip: vip, port, ...frontend },
    ...(nodePort === undefined ? [] : [{ kind: 'NodePort', port: nodePort, ...frontend } as const]),
  ];
  const all = { reachable: cluster, onNode: [], serving: cluster, total: cluster.length };
  return {
    name: { namespace: 'default', service: vip, port: String(port), protocol: 'TCP' },
    family: 'ipv4',
    frontends,
    endpoints: { cluster, local, ...all },
    origin: { source: { name: 'x', text: '' }, document: 0, base: [], path: [] },
    ...more,
  };
}

/** The addresses of each port in the order of their numbers; null for those with chains of their own. */
function numbers(...some: readonly Some[]) {
  const ports = some.map(servicePort);
  const shares = sharesOf(ports, SPACES);
  return ports.map((port) => shares.get(port)?.map(({ ip }) => ip) ?? null);
}

const many = (count: number) => Array.from({ length: count }, (_, i) => endpoint(`10.1.0.${i}:80`));

const AB = ['10.0.0.1', '10.0.0.2'];

describe('sharesOf', () => {
  it.each<[string, readonly Some[], readonly (readonly string[] | null)[]]>([
    ['one Service', [{}], [AB]],
    ['no endpoints', [{ cluster: [] }], [[]]],
    [
      'the endpoints of policy Local have the lowest numbers',
      [{ cluster: [A, B, C], local: [C] }],
      [['10.0.0.3', ...AB]],
    ],
    ['local endpoints alone', [{ cluster: [], local: [B] }], [['10.0.0.2']]],
    ['a local endpoint that policy Cluster does not use', [{ local: [C] }], [null]],
    ['two target ports', [{ cluster: [A, OTHER_PORT] }], [null]],
    ['an address twice', [{ cluster: [A, SAME_IP] }], [null]],
    ['64 endpoints', [{ cluster: many(64) }], [many(64).map(({ ip }) => ip)]],
    ['65 endpoints', [{ cluster: many(65) }], [null]],
    ['session affinity', [{ more: { affinity: { timeoutSeconds: 9 } } }], [null]],
    ['two ports of a VIP', [{}, { port: 81 }], [AB, AB]],
    ['two ports of a VIP, with other endpoints', [{}, { port: 81, cluster: [A] }], [AB, null]],
    ['the same in another order', [{ port: 81, cluster: [A] }, {}], [['10.0.0.1'], null]],
    ['two VIPs', [{}, { vip: '10.96.0.2', cluster: [A] }], [AB, ['10.0.0.1']]],
    ['a node port twice', [{ nodePort: 30000 }, { vip: '10.96.0.2', cluster: [C], nodePort: 30000 }], [AB, null]],
  ])('%s', (_, some, expected) => expect(numbers(...some)).toEqual(expected));
});

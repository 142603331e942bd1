import { describe, expect, it } from '@jest/globals';
import { usableEndpoints } from './traffic.js';
import type { Endpoint } from './types.js';

const NODE = { name: 'here', zone: 'z1' };
const BOTH = { cluster: true, local: true };

/** `name [local] [unready] [draining] [z:zone…] [n:node…]` → an endpoint; the name is its address. */
function endpoint(text: string): Endpoint {
  const [ip = '', ...words] = text.split(' ');
  const hints = (prefix: string) => words.filter((word) => word.startsWith(prefix)).map((word) => word.slice(2));
  const draining = words.includes('draining');
  return {
    ip,
    port: 80,
    local: words.includes('local'),
    ready: !draining && !words.includes('unready'),
    serving: !words.includes('unready'),
    terminating: draining,
    nodeName: '',
    zoneHints: hints('z:'),
    nodeHints: hints('n:'),
  };
}

const TABLE: readonly [string, string[], { cluster: boolean; local: boolean }, Record<string, string>][] = [
  ['no endpoints', [], BOTH, { cluster: '', local: '', reachable: '', any: 'false' }],
  ['ready ones only', ['a local', 'b', 'c unready'], BOTH, { cluster: 'a b', local: 'a', reachable: 'a b' }],
  ['sets that are not used stay empty', ['a local'], { cluster: true, local: false }, { cluster: 'a', local: '' }],
  ['local only', ['a local', 'b'], { cluster: false, local: true }, { cluster: '', local: 'a', reachable: 'a' }],
  ['local only, none here', ['b'], { cluster: false, local: true }, { local: '', reachable: '', any: 'true' }],
  ['draining when none is ready', ['a draining', 'b unready'], BOTH, { cluster: 'a', any: 'true' }],
  ['not draining while one is ready', ['a draining', 'b'], BOTH, { cluster: 'b' }],
  ['draining here, ready there', ['a local draining', 'b'], BOTH, { cluster: 'b', local: 'a', reachable: 'a b' }],
  ['unready only', ['a unready'], BOTH, { cluster: '', any: 'false' }],
  ['zone hints', ['a z:z1', 'b z:z2'], BOTH, { cluster: 'a' }],
  ['zone hints, one missing', ['a z:z1', 'b z:z2', 'c'], BOTH, { cluster: 'a b c' }],
  ['zone hints, none for here', ['a z:z2', 'b z:z3'], BOTH, { cluster: 'a b' }],
  ['an unready endpoint needs no hint', ['a z:z1', 'b z:z2', 'c unready'], BOTH, { cluster: 'a' }],
  ['several zones for one', ['a z:z2 z:z1', 'b z:z2'], BOTH, { cluster: 'a' }],
  ['node hints before zone hints', ['a z:z1 n:there', 'b z:z2 n:here'], BOTH, { cluster: 'b' }],
  ['node hints for others: zone hints', ['a z:z1 n:there', 'b z:z2 n:there'], BOTH, { cluster: 'a' }],
  ['node hint missing: zone hints', ['a z:z1 n:here', 'b z:z1', 'c z:z2'], BOTH, { cluster: 'a b' }],
  ['hints do not narrow local', ['a local z:z2', 'b z:z1'], BOTH, { cluster: 'b', local: 'a', reachable: 'a b' }],
  ['hints do not narrow draining', ['a draining z:z2'], BOTH, { cluster: 'a' }],
];

describe('usableEndpoints', () => {
  it.each(TABLE)('%s', (_, endpoints, use, expected) => {
    const { cluster, local, reachable, any } = usableEndpoints(endpoints.map(endpoint), use, NODE);
    const names = (set: readonly Endpoint[]) => set.map(({ ip }) => ip).join(' ');
    const found = { cluster: names(cluster), local: names(local), reachable: names(reachable), any: String(any) };
    expect(found).toMatchObject(expected);
  });
});

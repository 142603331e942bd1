/**
 * What a daemon keeps of layout `fast` is, after any changes, what is made anew of all ServicePorts: of clusters with so
 * many Services that their trees are deep, with addresses and ports that several claim. What a change writes is the same
 * without the chains that stay.
 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileState } from '../../../../pipeline.js';
import { comparePorts } from '../../../../resolve/order.js';
import type { ServicePort } from '../../../../resolve/types.js';
import { SMALL_OPTIONS } from '../../../../testing/cases/small-cluster.js';
import { often, seed } from '../../../../testing/run/extent.js';
import type { IptablesOurs } from '../../../../tools/iptables/ownership.js';
import { print } from '../../../../tools/iptables/print.js';
import { apart, type IptablesState } from '../../../../tools/iptables/state.js';
import { iptables } from '../../../../tools/iptables/tool.js';
import type { RuleSet, Table } from '../../../../tools/iptables/types.js';
import type { Resolved } from '../../../backend.js';
import { DEFAULT_FEATURES, type Features } from '../../../features.js';
import { keep, lower } from '../../lower.js';

const FEATURES: readonly Features[] = [DEFAULT_FEATURES, { ...DEFAULT_FEATURES, bpf: false }];
const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-a' },
  status: { addresses: [{ type: 'InternalIP', address: '192.168.7.1' }] },
};

/** A Service of number `n` and its slice. */
interface Made {
  readonly n: number;
  readonly external: readonly number[];
  readonly isOpen: boolean;
  readonly isLocal: boolean;
  readonly ranges: boolean;
  readonly affinity: boolean;
  readonly endpoints: number;
}

const made: fc.Arbitrary<Made> = fc.record({
  // Most in one network, with a long common beginning; few far away, which make it shorter.
  n: fc.oneof({ weight: 100, arbitrary: fc.integer({ min: 1, max: 250 }) }, fc.integer({ min: 1, max: 3000 })),
  external: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 2 }),
  isOpen: fc.boolean(),
  isLocal: fc.boolean(),
  ranges: fc.boolean(),
  affinity: fc.boolean(),
  endpoints: fc.integer({ min: 0, max: 3 }),
});

function objectsOf({ n, external, isOpen, isLocal, ranges, affinity, endpoints }: Made): readonly object[] {
  const metadata = { name: `s-${n}`, namespace: 'default' };
  const clusterIP = `10.96.${n >> 8}.${n & 255}`;
  const policy = isLocal ? 'Local' : 'Cluster';
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: isOpen ? 'LoadBalancer' : 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      externalIPs: external.map((last) => `203.0.113.${last}`),
      ports: [{ port: 80, ...(isOpen && { nodePort: 30000 + (n % 1300) }) }],
      ...(affinity && { sessionAffinity: 'ClientIP' }),
      ...(isOpen && { externalTrafficPolicy: policy, healthCheckNodePort: isLocal ? 31300 + (n % 1300) : undefined }),
      ...(isOpen && ranges && { loadBalancerSourceRanges: ['10.0.0.0/8'] }),
    },
    status: { loadBalancer: isOpen ? { ingress: [{ ip: `198.51.100.${n % 256}` }] } : {} },
  };
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': metadata.name } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080 }],
    endpoints: Array.from({ length: endpoints }, (_, i) => ({
      addresses: [`10.244.${i}.${n % 7}`],
      nodeName: i === 0 ? 'node-a' : 'node-b',
    })),
  };
  return [service, slice];
}

/** The ServicePorts of IPv4, in order. */
function resolved(all: Iterable<Made>): Resolved {
  const items = [NODE, ...[...all].flatMap(objectsOf)];
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { value } = compileState([{ name: 'random.json', text }], SMALL_OPTIONS, { skipInvalid: true });
  const found = value?.resolved.find(({ node }) => node.family === 'ipv4');
  if (!found) throw new Error('it does not compile');
  return found;
}

function stateOf(ruleSet: RuleSet): IptablesState {
  return { ruleSets: [ruleSet], isComplete: true };
}

/** All is. */
const OURS: IptablesOurs = {
  ownershipIn: () => ({ chain: () => true, rule: () => true }),
  isServiceChain: () => true,
  isShared: () => false,
  beside: (_, desired) => desired,
  lacks: () => false,
};

/** What the tool gets for a change. */
function written(before: IptablesState, after: IptablesState): readonly string[] {
  const there = iptables.assume([{ family: 'ipv4', tables: [] }], before);
  const steps = iptables.steps(iptables.diff(there, after, OURS), 'whole', after, { chainsPerCommit: 1000 });
  return steps.flatMap(({ input }) => input.map(({ text }) => text));
}

function textOf(tables: readonly Table[]): string {
  return [...print({ family: 'ipv4', tables })].map(({ text }) => text).join('\n');
}

it('a layout that was kept through changes is the one that is made of what is there', () => {
  const changes = fc.array(fc.tuple(fc.array(made, { maxLength: 3 }), fc.array(fc.nat(), { maxLength: 30 })), {
    minLength: 1,
    maxLength: 6,
  });
  let steps = 0;
  fc.assert(
    fc.property(
      fc.array(made, { minLength: 1, maxLength: 120 }),
      changes,
      fc.constantFrom(...FEATURES),
      (first, edits, features) => {
        const how = { layout: 'fast', features };
        const there = new Map(first.map((each) => [each.n, each]));
        let now = resolved(there.values());
        let kept = keep(now, SMALL_OPTIONS, how);
        for (const [more, less] of edits) {
          for (const at of less) there.delete([...there.keys()][at % Math.max(1, there.size)] ?? 0);
          for (const each of more) there.set(each.n, each);
          const next = resolved(there.values());
          const [before, after] = [without(now.ports, next.ports), without(next.ports, now.ports)];
          now = next;
          const was = stateOf(kept.lower(before));
          if (kept.replace(before, after)) {
            const is = stateOf(kept.lower(after));
            expect(written(...apart(was, is))).toEqual(written(was, is));
            steps++;
          } else kept = keep(now, SMALL_OPTIONS, how);
          expect(textOf(kept.lower(now.ports).tables)).toBe(textOf(lower(now, SMALL_OPTIONS, how).tables));
        }
      },
    ),
    { numRuns: often(15, 150), seed },
  );
  expect(steps).toBeGreaterThan(0);
});

/** Those of `ports` that are not, just so, in `others`. */
function without(ports: readonly ServicePort[], others: readonly ServicePort[]): readonly ServicePort[] {
  return ports.filter((port) => {
    const other = others.find((each) => comparePorts(each, port) === 0);
    return JSON.stringify(other, plain) !== JSON.stringify(port, plain);
  });
}

/** Whatever is written where is no difference. */
function plain(key: string, value: unknown): unknown {
  return key === 'origin' ? undefined : value;
}

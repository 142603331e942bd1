/**
 * The parts that looks compare with are those of what is programmed, whatever changes while they are collected and while
 * a node is read.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partsOf } from '../diff/parts.js';
import { type Compilation, compileAll } from '../increment/compiler.js';
import { SMALL_OPTIONS } from '../testing/cases/small-cluster.js';
import { type Event, histories } from '../testing/random/histories.js';
import { often } from '../testing/run/extent.js';
import type { Chain, Rule } from '../tools/iptables/types.js';
import type { DesiredState } from '../tools/tools.js';
import { newStore, type Store } from '../watch/store.js';
import { newProgrammed, type Programmed } from './programmed.js';

const LAYOUTS = [
  ['iptables', 'kube-proxy'],
  ['iptables', 'fast'],
  ['ipvs', 'kube-proxy'],
  ['nftables', 'kube-proxy'],
  ['nftables', 'fast'],
  ['userspace', 'kube-proxy'],
] as const;

interface Subject {
  readonly compiled: Compilation;
  readonly programmed: Programmed;
  /** The next events of the history. */
  readonly change: () => void;
  /** Begins to collect the parts. */
  readonly collect: () => void;
}

/** A cluster at the beginning of a history, whose Node stays as it is. */
function begin([first = [], ...rest]: readonly (readonly Event[])[], mode: string, layout: string): Subject {
  const store: Store = newStore({ onChange: () => undefined, onInvalid: () => undefined });
  const put = (events: readonly Event[]) => {
    for (const { kind, object, isGone } of events) store[isGone ? 'remove' : 'put'](kind, object);
  };
  put(first);
  const { value: compiled } = compileAll(store, { ...SMALL_OPTIONS, mode }, { skipInvalid: true, layout });
  let collect = () => {};
  const told = new Promise<void>((resolve) => {
    collect = resolve;
  });
  if (!compiled) throw new Error('nothing was compiled');
  const programmed = newProgrammed(compiled.desired(), () => told);
  store.takeChanges();
  const later = rest.map((events) => events.filter(({ kind }) => kind === 'Service' || kind === 'EndpointSlice'));
  const change = () => {
    put(later.shift() ?? []);
    programmed.change(compiled.change(store, store.takeChanges().names));
    programmed.changed();
  };
  return { compiled, programmed, change, collect };
}

function partsIn({ compiled }: Subject): readonly string[] {
  return [...partsOf(compiled.desired())];
}

const EXTERNAL = '198.51.100.1';

/**
 * The address of `a`, which has no endpoint, is wanted by `c`; and c's chains are needed still when `d` changes: it
 * stands in for d where they are lowered, without a.
 */
const STAND_IN = [
  [service('a', 1), service('c', 2), slice('c', 'a'), service('d', 3, []), slice('d', 'b')],
  [],
  [{ ...slice('d', 'b'), isGone: true }],
];

/** `c` has an address from which packets may come back, and `a` comes to want it, too. */
const COME_BETWEEN = [
  [service('a', 1, []), slice('a', 'a'), service('c', 2, [EXTERNAL], 'Local'), slice('c', 'b')],
  [],
  [service('a', 1)],
];

function service(name: string, n: number, externalIPs = [EXTERNAL], externalTrafficPolicy = 'Cluster'): Event {
  const clusterIP = `10.96.0.${n}`;
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  const policy = externalIPs.length > 0 && { externalTrafficPolicy };
  const spec = { clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ports, externalIPs, ...policy };
  return {
    kind: 'Service',
    object: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'x' }, spec },
    isGone: false,
  };
}

/** With one endpoint on node-`on`. */
function slice(of: string, on: string): Event {
  const endpoints = [{ addresses: ['10.244.1.1'], nodeName: `node-${on}`, conditions: { ready: true } }];
  const object = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${of}-0`, namespace: 'x', labels: { 'kubernetes.io/service-name': of } },
    addressType: 'IPv4',
    ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
    endpoints,
  };
  return { kind: 'EndpointSlice', object, isGone: false };
}

describe.each(LAYOUTS)('%s mode, layout %s', (mode, layout) => {
  it('has the parts of all, though they change while they are collected', () =>
    fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const subject = begin(history, mode, layout);
        const { programmed, change, collect } = subject;
        change();
        collect();
        change();
        await programmed.collected;
        change();
        const { isKnown, isWhole } = programmed.begin();
        const parts = partsIn(subject);
        expect(parts.filter((part) => !isKnown(part))).toEqual([]);
        expect(isWhole()).toBe(true);
      }),
      { numRuns: often(4, 40), examples: [[STAND_IN], [COME_BETWEEN]] },
    ));

  it('knows a node that is read while it changes, and a part that is missing or too many', () =>
    fc.assert(
      fc.asyncProperty(histories, fc.infiniteStream(fc.boolean()), async (history, coins) => {
        const subject = begin(history, mode, layout);
        const { programmed, change, collect } = subject;
        collect();
        await programmed.collected;
        const reading = programmed.begin();
        const before = new Set(partsIn(subject));
        for (const part of before) if (coins.next().value) reading.isKnown(part);
        change();
        const after = new Set(partsIn(subject));
        const lasting = [...before].filter((part) => after.has(part));
        const some = [...before, ...after].filter((part) => !lasting.includes(part) && coins.next().value);
        expect([...lasting, ...some].filter((part) => !reading.isKnown(part))).toEqual([]);
        expect(reading.isWhole()).toBe(true);
        reading.end();
        const again = programmed.begin();
        const [missing, ...others] = after;
        for (const part of others) again.isKnown(part);
        expect([missing === undefined, again.isWhole(), again.isKnown(`${missing} `)]).toEqual([false, false, false]);
      }),
      { numRuns: often(4, 40) },
    ));
});

it('does not print what a change leaves as it is', async () => {
  const chain = (name: string, rules: () => readonly Rule[]): Chain => ({ name, rules });
  const state = (...chains: readonly Chain[]): DesiredState => ({
    iptables: { isComplete: true, ruleSets: [{ family: 'ipv4', tables: [{ name: 'nat', chains }] }] },
  });
  const target = { kind: 'jump', chain: 'VIPC-B' } as const;
  const rule: Rule = { header: {}, matches: [], target, origin: undefined, owner: undefined };
  let printed = 0;
  const same = chain('VIPC-A', () => {
    printed++;
    return [rule];
  });
  const programmed = newProgrammed(
    state(
      same,
      chain('VIPC-B', () => []),
    ),
  );
  await programmed.collected;
  expect(printed).toBe(1);
  const after = state(
    same,
    chain('VIPC-B', () => [rule]),
  );
  programmed.change({
    before: state(
      same,
      chain('VIPC-B', () => []),
    ),
    after,
  });
  expect(printed).toBe(1);
  const { isKnown, isWhole } = programmed.begin();
  expect([...partsOf(after)].filter((part) => !isKnown(part))).toEqual([]);
  expect(isWhole()).toBe(true);
});

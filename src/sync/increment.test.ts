/**
 * A daemon that compiles only what changed says what a fresh compiler says, and its tools get what they would get for the
 * difference between all that was and all that is.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { apart } from '../diff/apart.js';
import { assume } from '../diff/assume.js';
import { plan } from '../diff/plan.js';
import { type Compilation, compileAll, type Increment } from '../increment/compiler.js';
import type { Options } from '../options.js';
import { artifactsOf, compileSnapshot, textOf } from '../pipeline.js';
import { serviceRules } from '../report/service-rules.js';
import { SMALL_OPTIONS } from '../testing/cases/small-cluster.js';
import { type Event, histories } from '../testing/random/histories.js';
import { BRIEF, often } from '../testing/run/extent.js';
import { render } from '../text.js';
import { heldBy } from '../tools/relay/types.js';
import type { DesiredState, ObservedState } from '../tools/tools.js';
import { newStore, type Store } from '../watch/store.js';
import { figuresAfter, figuresOf } from './figures.js';

const LAYOUTS = [
  ['iptables', 'kube-proxy'],
  ['iptables', 'fast'],
  ['ipvs', 'kube-proxy'],
  ['nftables', 'kube-proxy'],
  ['nftables', 'fast'],
  ['userspace', 'kube-proxy'],
] as const;

/** Few ports for the relay, some of them node ports, one taken; all that matters only in userspace mode. */
const FEW_PORTS: Partial<Options> = {
  userspace: { proxyPorts: { first: 30003, last: 30005 }, udpIdle: 250 },
  machine: { hostname: 'node-a', addresses: [], proxyPorts: { taken: ['tcp 30005'], held: [] } },
};

/** The options of a daemon that starts where listeners have ports. */
function heldIn(options: Options, { relay = [] }: DesiredState = {}): Options {
  const { machine } = options;
  if (!machine) return options;
  const { taken = [] } = machine.proxyPorts ?? {};
  return { ...options, machine: { ...machine, proxyPorts: { taken, held: relay.map(heldBy) } } };
}

const HOW = { skipInvalid: true };

function emptyStore(): Store {
  return newStore({ onChange: () => undefined, onInvalid: () => undefined });
}

function take(store: Store, events: readonly Event[]): void {
  for (const { kind, object, isGone } of events) store[isGone ? 'remove' : 'put'](kind, object);
}

/** A store that saw each object once, the last one first. */
function freshStore(events: readonly Event[]): Store {
  const store = emptyStore();
  const seen = new Set<string>();
  for (const event of [...events].reverse()) {
    const { name, namespace } = event.object['metadata'] as { name: string; namespace?: string };
    const key = `${event.kind} ${namespace} ${name}`;
    if (!seen.has(key) && !event.isGone) take(store, [event]);
    seen.add(key);
  }
  return store;
}

const NOTHING: ObservedState = {
  iptables: [
    { family: 'ipv4', tables: [] },
    { family: 'ipv6', tables: [] },
  ],
};

/** What the tools get for the change of a node from one state to another. */
function steps(before: DesiredState, after: DesiredState): readonly string[] {
  const assumed = assume(NOTHING, before);
  return plan(assumed, after, { chainsPerCommit: 1000, excludeCIDRs: [] }).steps.flatMap(({ program, input }) =>
    input.map(({ text }) => `${program}: ${text}`).sort(),
  );
}

function texts(compiled: Pick<Compilation, 'backend'>, desired: DesiredState): string {
  return artifactsOf({ backend: compiled.backend, resolved: [], desired })
    .map((each) => render(textOf(each)))
    .join('');
}

function begin(store: Store, options: Options, layout: string): Compilation {
  const { value } = compileAll(store, options, { ...HOW, layout });
  if (!value) throw new Error('nothing was compiled');
  return value;
}

function sayings(diagnostics: Compilation['diagnostics']): readonly string[] {
  return [...new Set(diagnostics().map(({ severity, message }) => `${severity} ${message}`))].sort();
}

describe.each(LAYOUTS)('%s mode, layout %s', (mode, layout) => {
  const options: Options = { ...SMALL_OPTIONS, mode, ...(mode === 'userspace' && FEW_PORTS) };

  it('what a daemon with a past says is what a fresh compiler says', () => {
    let endpoints = 0;
    fc.assert(
      fc.property(histories, (history) => {
        const store = emptyStore();
        let compiled: Compilation | undefined;
        let past: readonly Event[] = [];
        for (const events of history) {
          take(store, events);
          past = [...past, ...events];
          const { names, isOfAll } = store.takeChanges();
          const fresh = freshStore(past);
          const known = heldIn(options, compiled?.desired());
          const expected = compileSnapshot(fresh.snapshot(), known, { ...HOW, layout });
          if (!compiled || isOfAll) compiled = begin(store, known, layout);
          else {
            const figures = figuresOf(compiled, compiled.desired());
            const change: Increment = apart(compiled.change(store, names));
            const [was, is] = change.whole();
            expect(steps(change.before, change.after)).toEqual(steps(was, is));
            const sorted = (list: ReturnType<typeof figuresOf>) =>
              JSON.stringify({
                ...list,
                rules: list.rules(),
                healthChecked: list.healthChecked.map(({ ports }) =>
                  ports.map(({ name }) => JSON.stringify(name)).sort(),
                ),
              });
            expect(sorted(figuresAfter(figures, change))).toEqual(sorted(figuresOf(compiled, compiled.desired())));
          }
          for (const { ports } of compiled.resolved()) for (const port of ports) endpoints += port.endpoints.total;
          const { value } = expected;
          if (!value) throw new Error('nothing was compiled');
          expect(texts(compiled, compiled.desired())).toBe(texts(value, value.desired));
          expect(sayings(compiled.diagnostics)).toEqual(sayings(() => expected.diagnostics));
          for (const name of names) {
            const { resolved, desired } = compiled.of(name);
            const page = serviceRules(resolved, desired, name, value.backend.localPolicy);
            const whole = serviceRules(value.resolved, value.desired, name, value.backend.localPolicy);
            expect(page?.split('\n').sort()).toEqual(whole?.split('\n').sort());
          }
        }
      }),
      { numRuns: often(10, 40) },
    );
    // Nothing would be said of clusters that serve nothing; of three histories possibly none does.
    expect(endpoints).toBeGreaterThan(BRIEF ? -1 : 0);
  });
});

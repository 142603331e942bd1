/**
 * Every difference is shown: whatever a plan changes, including the position of a rule, is in its sections.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileState } from '../pipeline.js';
import { toJson } from '../review/json.js';
import { summarise } from '../review/print.js';
import { driftOf } from '../serve/counts.js';
import { SMALL_OPTIONS, smallCluster } from '../testing/cases/small-cluster.js';
import { render } from '../text.js';
import { parse } from '../tools/iptables/parse.js';
import { print } from '../tools/iptables/print.js';
import type { DesiredState, ObservedState } from '../tools/tools.js';
import { assume } from './assume.js';
import { changesOf } from './changes.js';
import { EMPTY_STATE, type Plan, plan } from './plan.js';

const OPTIONS = { excludeCIDRs: [], chainsPerCommit: 300 };

function state(mode: string): DesiredState {
  const services = ['api', 'db', 'web'].map((name, i) => ({ name, number: i + 1, ready: ['pod1', 'remote'] }) as const);
  const { value } = compileState(smallCluster(services), { ...SMALL_OPTIONS, mode }, {});
  if (!value) throw new Error('the small cluster does not compile');
  return value.desired;
}

/** A node that runs `program`, after `act` changed its iptables-save text of IPv4. */
function nodeWith(there: DesiredState, act: (lines: string[]) => void): ObservedState {
  const observed = assume({}, there);
  const iptables = (there.iptables?.ruleSets ?? []).map((ruleSet) => {
    const lines = render(print(ruleSet)).split('\n');
    if (ruleSet.family === 'ipv4') act(lines);
    return parse(lines.join('\n'), ruleSet.family).value;
  });
  return { ...observed, iptables };
}

/** The line index of the `nth` rule of a chain, from 1; a table's first rule follows its name. */
function at(lines: readonly string[], table: string, chain: string, nth: number): number {
  const start = lines.indexOf(`*${table}`);
  const end = lines.indexOf('COMMIT', start);
  const rules = lines.flatMap((line, i) => (i > start && i < end && line.startsWith(`-A ${chain} `) ? [i] : []));
  return rules[nth - 1] ?? end;
}

function move(lines: string[], table: string, chain: string, from: number, to: number): void {
  const [line = ''] = lines.splice(at(lines, table, chain, from), 1);
  lines.splice(at(lines, table, chain, to), 0, line);
}

function insert(lines: string[], table: string, chain: string, nth: number, rule: string): void {
  lines.splice(at(lines, table, chain, nth), 0, `-A ${chain} ${rule}`);
}

const JUMP = '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES';

/** The change to the node, the chain that is shown, and how many lines are added and removed. */
const ROWS: readonly [string, (lines: string[]) => void, string, number, number][] = [
  [
    'a jump behind an ACCEPT in nat',
    (lines) => insert(lines, 'nat', 'PREROUTING', 1, '-p tcp -m tcp --dport 30080 -j ACCEPT'),
    'iptables nat PREROUTING',
    1,
    1,
  ],
  [
    'a jump behind a jump for some',
    (lines) => insert(lines, 'nat', 'OUTPUT', 1, '-m addrtype --dst-type LOCAL -m comment --comment "a/b" -j RETURN'),
    'iptables nat OUTPUT',
    1,
    1,
  ],
  ['a jump twice', (lines) => insert(lines, 'nat', 'OUTPUT', 1, JUMP), 'iptables nat OUTPUT', 0, 1],
  ['jumps in another order', (lines) => move(lines, 'filter', 'FORWARD', 2, 1), 'iptables filter FORWARD', 1, 1],
  [
    'iptables: jumps behind a verdict on every packet',
    (lines) => insert(lines, 'filter', 'FORWARD', 2, '-j ACCEPT'),
    'iptables filter FORWARD',
    3,
    3,
  ],
  [
    'ipvs: jumps behind a verdict on every packet',
    (lines) => insert(lines, 'filter', 'FORWARD', 2, '-j ACCEPT'),
    'iptables filter FORWARD',
    1,
    1,
  ],
  [
    'iptables: rules of two Services in another order',
    (lines) => move(lines, 'nat', 'KUBE-SERVICES', 1, 3),
    'iptables nat KUBE-SERVICES',
    1,
    1,
  ],
];

describe.each(['iptables', 'ipvs'])('%s mode', (mode) => {
  const desired = state(mode);

  it.each(ROWS.filter(([about]) => about.startsWith(`${mode}:`) || !about.includes(':')))(
    '%s is told',
    (_, act, what, added, removed) => {
      const observed = nodeWith(desired, act);
      const found = plan(observed, desired, OPTIONS);
      const changes = changesOf(found.differences, observed);
      expect(toJson(changes)).toMatchObject([{ what }]);
      expect(toJson(changes).map((change) => [change.added.length, change.removed.length])).toEqual([[added, removed]]);
      expect(summarise(changes)).toMatch(/^lines of no Service: \d lines? added, \d removed$/);
      expect(driftOf(changes)).toEqual({ missing: 0, foreign: removed - added, changed: added });
      expect(found.steps.map(({ tool }) => tool)).toContain('iptables');
    },
  );

  it('every plan that does something is told, and no other', () => {
    const chains = fc.constantFrom(
      ...['PREROUTING', 'OUTPUT', 'POSTROUTING', 'KUBE-SERVICES', 'KUBE-POSTROUTING'].map((name) => ['nat', name]),
      ...['INPUT', 'FORWARD', 'OUTPUT', 'KUBE-FORWARD', 'KUBE-PROXY-FIREWALL'].map((name) => ['filter', name]),
    );
    const place = fc.integer({ min: 1, max: 5 });
    const rules = fc.constantFrom('-j ACCEPT', '-p udp -j RETURN', '-j DOCKER', JUMP);
    const acts = fc.array(fc.tuple(chains, place, place, fc.option(rules)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(acts, (done) => {
        const observed = nodeWith(desired, (lines) => {
          lines.splice(lines.indexOf('*nat') + 1, 0, ':DOCKER - [0:0]');
          lines.splice(lines.indexOf('*filter') + 1, 0, ':DOCKER - [0:0]');
          for (const [[table = '', chain = ''], from, to, rule] of done) {
            if (rule !== null) insert(lines, table, chain, to, rule);
            else if (lines[at(lines, table, chain, from)]?.startsWith('-A')) move(lines, table, chain, from, to);
          }
        });
        expect(isTold(observed, plan(observed, desired, OPTIONS))).toBe(true);
        expect(isTold(observed, plan(observed, EMPTY_STATE, OPTIONS))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

function isTold(observed: ObservedState, { differences, steps }: Plan): boolean {
  return changesOf(differences, observed).length > 0 === steps.length > 0;
}

/**
 * vipc verify against single packets: nothing that changes what becomes of a packet goes unnoticed, and every example that
 * is given shows what it is said to show.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type DumpText, readDump } from '../packet/dump.js';
import { newEvaluator } from '../packet/evaluate.js';
import type { NodeRules } from '../packet/node.js';
import { type Case, conformanceCases } from '../testing/cases/cases.js';
import { often, sample, seed } from '../testing/run/extent.js';
import { diceOf } from '../testing/verify/dice.js';
import { mutate } from '../testing/verify/mutations.js';
import { constantsIn, fateIn, randomPacket } from '../testing/verify/packets.js';
import { randomRules } from '../testing/verify/random-rules.js';
import type { Compared } from '../verify/compare.js';
import { type Counts, verify } from '../verify/verify.js';

/** The addresses of node-a. */
const OWN = ['192.168.7.2', 'fd00:7::2'];

const IPVS = ['iptables-save', 'ip6tables-save', 'ipset-save', 'ipvsadm-save', 'kube-ipvs0'];

function dumpsOf({ directory }: Case, mode: 'iptables' | 'ipvs'): readonly DumpText[] {
  const path = `${directory}kube-proxy/${mode === 'ipvs' ? 'ipvs/' : ''}`;
  const names = mode === 'ipvs' ? IPVS : ['iptables-save', 'ip6tables-save'];
  return names
    .filter((name) => existsSync(path + name))
    .map((name) => ({ name, text: readFileSync(path + name, 'utf8') }));
}

/** Undefined when it cannot be read. */
function rulesIn(texts: readonly DumpText[]): NodeRules | undefined {
  const { value, diagnostics } = readDump(texts, 'kube-ipvs0');
  if (diagnostics.length > 0) return undefined;
  return { ...value.rules, addresses: new Set([...OWN, ...value.rules.addresses]) };
}

function found(a: NodeRules, b: NodeRules): { readonly counts: Counts; readonly differences: readonly Compared[] } {
  const differences: Compared[] = [];
  const counts = verify({ rules: a }, { rules: b }, (each) => differences.push(each));
  return { counts, differences };
}

/** How each virtual server picks, and for how long it keeps. */
function serversOf({ virtualServers }: NodeRules): ReadonlyMap<string, string> {
  return new Map(
    virtualServers.map(({ protocol, address, port, scheduler, schedulerFlag, persistence }) => [
      `${protocol} ${address} ${port}`,
      [scheduler, schedulerFlag, persistence?.timeoutSeconds].join(' '),
    ]),
  );
}

interface Tried {
  readonly mutations: number;
  readonly changed: number;
  readonly packets: number;
}

/** Mutates `texts` again and again; `how` says which of the mutations. */
function tryMutations(texts: readonly DumpText[], times: number, packets: number, how: number): Tried {
  const base = rulesIn(texts);
  if (!base) throw new Error('the dumps cannot be read');
  const tried = { mutations: 0, changed: 0, packets: 0 };
  for (let i = 0; i < times; i++) {
    const dice = diceOf(seed + how * 10_007 + i * 7919);
    const { what, texts: mutated } = mutate(texts, dice);
    const rules = rulesIn(mutated);
    if (!rules) continue;
    tried.mutations++;
    const { differences } = found(base, rules);
    const sides = [base, rules].map((each) => ({ evaluator: newEvaluator(each), servers: serversOf(each) }));
    const fates = (packet: Compared['packet']) =>
      sides.map(({ evaluator, servers }) => fateIn(evaluator, packet, servers));
    for (const { packet, kind } of differences) {
      const [was, is] = fates(packet);
      if (kind !== 'undecided' && was === is && was !== undefined)
        throw new Error(`${what}: ${JSON.stringify(packet)} is treated alike: ${was}`);
    }
    if (differences.length > 0) tried.changed++;
    const constants = constantsIn([...texts, ...mutated], OWN);
    const isLocal = sides[0]?.evaluator.isLocal ?? (() => false);
    for (let j = 0; j < packets; j++) {
      const packet = randomPacket(constants, isLocal, dice);
      const [was, is] = fates(packet);
      tried.packets++;
      if (was !== is && differences.length === 0)
        throw new Error(`${what}: nothing is found, but ${JSON.stringify(packet)}: ${was} → ${is}`);
    }
  }
  return tried;
}

describe('a fault in a dump', () => {
  const cases = conformanceCases();

  it.each([
    ['iptables', often(60, 1500)],
    ['ipvs', often(20, 500)],
  ] as const)('of %s mode that changes what becomes of a packet is found, and its examples are true', (mode, times) => {
    const tried = Array.from({ length: times }, (_, i) => {
      const dumps = dumpsOf(cases[(seed + i * 13) % cases.length] as Case, mode);
      return dumps.length === 0 ? { mutations: 0, changed: 0, packets: 0 } : tryMutations(dumps, 1, often(150, 400), i);
    });
    const sum = (name: keyof Tried) => tried.reduce((all, each) => all + each[name], 0);
    // Most faults matter; a test that finds none of them would not be one.
    expect(sum('mutations')).toBeGreaterThan(times * 0.7);
    expect(sum('changed')).toBeGreaterThan(times * 0.3);
    if (process.env['VIPC_SAY']) console.log(mode, sum('mutations'), sum('changed'), sum('packets'));
  });

  it('of rules that nobody would write, too', () => {
    const times = often(40, 1000);
    let changed = 0;
    for (let i = 0; i < times; i++) {
      const text = randomRules(diceOf(seed + i * 104_729));
      changed += tryMutations([{ name: 'iptables-save', text }], 1, often(250, 600), i).changed;
    }
    expect(changed).toBeGreaterThan(times * 0.15);
    if (process.env['VIPC_SAY']) console.log('random', changed);
  });
});

describe('conformance cases', () => {
  const cases = conformanceCases().filter(({ dumps }) => Object.keys(dumps).length > 0);
  const rules = new Map<string, NodeRules | undefined>();
  const of = (each: Case) => {
    if (!rules.has(each.name)) rules.set(each.name, rulesIn(dumpsOf(each, 'iptables')));
    return rules.get(each.name) as NodeRules;
  };
  const pairs = cases.flatMap((a, i) => cases.slice(i + 1).map((b) => ({ a, b })));

  it('two are equal only where their dumps are, or where no packet tells them apart', () => {
    const equal = sample(pairs, 60, 'pairs').filter(({ a, b }) => !differs(of(a), of(b)));
    const differ = equal.filter(
      ({ a, b }) => JSON.stringify(dumpsOf(a, 'iptables')) !== JSON.stringify(dumpsOf(b, 'iptables')),
    );
    const names = differ.map(({ a, b }) => `${a.name} ${b.name}`);
    expect(names.filter((name) => !ALIKE.has(name))).toEqual([]);
  });
});

/** Whether verify finds anything; it stops at the first. */
function differs(a: NodeRules, b: NodeRules): boolean {
  const stop = new Error('one is enough');
  try {
    verify({ rules: a }, { rules: b }, () => {
      throw stop;
    });
    return false;
  } catch (error) {
    if (error !== stop) throw error;
    return true;
  }
}

/** The same cluster, with options that packets do not show. */
const ALIKE: ReadonlySet<string> = new Set([]);

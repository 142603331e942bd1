/**
 * vipc verify against the evaluation of single packets: verify finds every change that affects a random packet, and each
 * example packet that it reports has different fates on the two sides.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type DumpText, readDumps } from '../dumps/dumps.js';
import { rulesOf } from '../packet/desired.js';
import { newEvaluator } from '../packet/evaluate.js';
import type { NodeRules } from '../packet/node.js';
import { compileState } from '../pipeline.js';
import { type Case, caseInput, conformanceCases, ROOT } from '../testing/cases/cases.js';
import { ALL, often, sample, seed } from '../testing/run/extent.js';
import { diceOf } from '../testing/verify/dice.js';
import { mutate } from '../testing/verify/mutations.js';
import { constantsIn, fateIn, randomPacket } from '../testing/verify/packets.js';
import { randomRules } from '../testing/verify/random-rules.js';
import type { Compared } from '../verify/compare.js';
import { type Counts, type Given, verify } from '../verify/verify.js';

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

/** The rules in dumps; undefined if the dumps have errors or warnings. */
function rulesIn(texts: readonly DumpText[]): NodeRules | undefined {
  const { value, diagnostics } = readDumps(texts);
  if (diagnostics.length > 0) return undefined;
  return { ...value.rules, addresses: new Set([...OWN, ...value.rules.addresses]) };
}

function found(a: NodeRules, b: NodeRules): { readonly counts: Counts; readonly differences: readonly Compared[] } {
  const differences: Compared[] = [];
  const counts = verify({ rules: a }, { rules: b }, (each) => differences.push(each));
  return { counts, differences };
}

/** The scheduler and the persistence of each virtual server. */
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

/** Tests `times` mutations of `texts`, each with `packets` random packets; `how` is part of the seed. */
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
      if (was !== undefined && is !== undefined && was !== is && differences.length === 0)
        throw new Error(`${what}: nothing is found, but ${JSON.stringify(packet)}: ${was} → ${is}`);
    }
  }
  return tried;
}

describe('a fault in a dump', () => {
  const cases = conformanceCases();

  it.each([
    ['iptables', often(25, 300)],
    ['ipvs', often(8, 80)],
  ] as const)('of %s mode that changes what becomes of a packet is found, and its examples are true', (mode, times) => {
    const tried = Array.from({ length: times }, (_, i) => {
      const dumps = dumpsOf(cases[(seed + i * 13) % cases.length] as Case, mode);
      return dumps.length === 0 ? { mutations: 0, changed: 0, packets: 0 } : tryMutations(dumps, 1, 100, i);
    });
    const sum = (name: keyof Tried) => tried.reduce((all, each) => all + each[name], 0);
    // Guards against a test without effect: enough mutations are readable, and enough of them change a packet class. Of a
    // few possibly none.
    const isFew = times < 20;
    expect(sum('mutations')).toBeGreaterThan(isFew ? -1 : times * 0.3);
    expect(sum('changed')).toBeGreaterThan(isFew ? -1 : ALL ? times * 0.1 : 0);
  });

  it('of rules that nobody would write, too', () => {
    const times = often(12, 40);
    let changed = 0;
    for (let i = 0; i < times; i++) {
      const text = randomRules(diceOf(seed + i * 104_729));
      changed += tryMutations([{ name: 'iptables-save', text }], 1, often(80, 150), i).changed;
    }
    // Few random mutations change a packet class; in a quick run possibly none.
    expect(changed).toBeGreaterThan(ALL ? 0 : -1);
  });
});

describe('what is compiled, and what kube-proxy wrote', () => {
  it.each(
    sample(conformanceCases(), 8, 'compiled', 24).flatMap((each) =>
      (['iptables', 'ipvs'] as const).map((mode) => ({ name: each.name, mode, each })),
    ),
  )('$name, $mode mode: every packet is treated alike', ({ each, mode }) => {
    const dumps = dumpsOf(each, mode);
    // Some cases have dumps of one mode only.
    if (dumps.length === 0) return;
    expect(found(compiledFor(each, mode).rules, rulesIn(dumps) as NodeRules).differences).toEqual([]);
  });
});

describe('the two modes', () => {
  const names = new Set<string>();

  it.each(sample(conformanceCases(), 4, 'modes', 12).map((each) => ({ name: each.name, each })))(
    '$name: what differs is by design',
    ({ each }) => {
      const others: string[] = [];
      verify(compiledFor(each, 'iptables'), compiledFor(each, 'ipvs'), ({ byDesign, packet }) => {
        for (const name of byDesign) names.add(name);
        if (byDesign.length === 0) others.push(JSON.stringify(packet));
      });
      expect(others).toEqual([]);
    },
  );

  it('docs/verify.md has each by name', () => {
    const page = readFileSync(`${ROOT}docs/verify.md`, 'utf8');
    expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

function compiledFor(each: Case, mode: 'iptables' | 'ipvs'): Given {
  const { sources, options, completion } = caseInput(each);
  const { value } = compileState(sources, { ...options, mode }, { completion });
  if (!value) throw new Error(`${each.name} does not compile`);
  const endpoints = value.resolved.flatMap(({ ports }) => ports.flatMap((port) => port.endpoints.reachable));
  return {
    rules: rulesOf(value.desired, OWN),
    elsewhere: new Set(endpoints.filter(({ local }) => !local).map(({ ip }) => ip)),
  };
}

describe('conformance cases', () => {
  const cases = conformanceCases().filter(({ dumps }) => Object.keys(dumps).length > 0);
  const rules = new Map<string, NodeRules | undefined>();
  const of = (each: Case) => {
    if (!rules.has(each.name)) rules.set(each.name, rulesIn(dumpsOf(each, 'iptables')));
    return rules.get(each.name) as NodeRules;
  };
  const pairs = cases.flatMap((a, i) => cases.slice(i + 1).map((b) => ({ a, b })));

  it('two are equal only where their dumps are, or where no packet tells them apart', () => {
    const texts = (each: Case) => dumpsOf(each, 'iptables');
    const equal = sample(pairs, 20, 'pairs', 80).filter(
      ({ a, b }) => !differs(of(a), of(b)) && JSON.stringify(texts(a)) !== JSON.stringify(texts(b)),
    );
    expect(equal.map(({ a, b }) => `${a.name} ${b.name}`).filter((name) => !ALIKE.has(name))).toEqual([]);
    for (const { a, b } of equal) {
      const [left, right] = [newEvaluator(of(a)), newEvaluator(of(b))];
      const constants = constantsIn([...texts(a), ...texts(b)], OWN);
      const dice = diceOf(seed);
      for (let i = 0; i < 500; i++) {
        const packet = randomPacket(constants, left.isLocal, dice);
        expect([packet, fateIn(left, packet, new Map())]).toEqual([packet, fateIn(right, packet, new Map())]);
      }
    }
  });
});

/** Whether verify finds a difference; stops at the first one. */
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

/** Pairs of cases whose rules differ only in names, marks and jumps. */
const ALIKE: ReadonlySet<string> = new Set(
  [
    'clusterip clusterip-unnamed-port',
    'clusterip masquerade-bit',
    'clusterip-unnamed-port headless-and-external-name',
    'clusterip-unnamed-port masquerade-bit',
    'clusterip-unnamed-port two-slices-duplicate-endpoint',
    'headless-and-external-name masquerade-bit',
    'masquerade-bit two-slices-duplicate-endpoint',
    'nodeport-addresses nodeport-no-localhost',
  ].map((names) => names.replace(/(\S+) (\S+)/, 'conformance/$1 conformance/$2')),
);

/**
 * Laws of every rule set: the shares of a class add up to exactly 1; the compiled rules, the same rules read back from
 * text, and kube-proxy's own rules give the same answers.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FAMILIES } from '../ip.js';
import { compileState } from '../pipeline.js';
import { caseInput, conformanceCases, nftDump } from '../testing/cases/cases.js';
import { classesOf, type NamedClass, OWN } from '../testing/network/traced/classes.js';
import { nftClassesOf } from '../testing/network/traced/classes-nft.js';
import { DUMPED, type NodeState, readNodeState } from '../testing/node/node-state.js';
import { options, snapshots } from '../testing/random/snapshots.js';
import { often, sample, seed } from '../testing/run/extent.js';
import { render } from '../text.js';
import { parse as parseSets } from '../tools/ipset/parse.js';
import { print as printSets } from '../tools/ipset/print.js';
import { parse as parseRules } from '../tools/iptables/parse.js';
import { print as printRules } from '../tools/iptables/print.js';
import { parse as parseServers } from '../tools/ipvs/parse.js';
import { print as printServers } from '../tools/ipvs/print.js';
import { parse as parseNft } from '../tools/nft/parse.js';
import { print as printNft } from '../tools/nft/print.js';
import { sees } from '../tools/nft/types.js';
import { rulesOf } from './desired.js';
import { newEvaluator, type Outcome } from './evaluate.js';
import { plus, ZERO } from './fraction.js';
import type { NodeRules } from './node.js';
import { answerOf } from './verdict.js';

const MODES = [
  ['iptables', 'kube-proxy'],
  ['iptables', 'fast'],
  ['ipvs', 'kube-proxy'],
] as const;

/** The rules that a case compiles to in a mode. */
function compiledFor(each: ReturnType<typeof conformanceCases>[number], mode: string, layout?: string): NodeRules {
  const { sources, options: own } = caseInput(each);
  const { value } = compileState(sources, { ...own, mode }, { layout });
  if (!value) throw new Error(`${each.name} does not compile`);
  return rulesOf(value.desired, OWN);
}

function classesFor({ ruleSets, virtualServers }: NodeRules): readonly NamedClass[] {
  return ruleSets.flatMap((ruleSet) => classesOf(ruleSet, virtualServers));
}

/** The same rules, printed and parsed again. */
function readBack({ ruleSets, sets, virtualServers, addresses }: NodeRules): NodeRules {
  return {
    ruleSets: ruleSets.map((each) => parseRules(render(printRules(each)), each.family).value),
    sets: parseSets(render(printSets(sets))).value.sets,
    otherSets: [],
    virtualServers: parseServers(render(printServers({ virtualServers }))).value.virtualServers,
    addresses,
  };
}

/** The rules that kube-proxy programmed. */
function dumped(directory: string, mode: string): NodeRules {
  const rules = (text: (family: 'iptables' | 'ip6tables') => string) =>
    FAMILIES.map((family) => parseRules(text(family === 'ipv4' ? 'iptables' : 'ip6tables'), family).value);
  if (mode === 'iptables') {
    const ruleSets = rules((name) => readFileSync(`${directory}kube-proxy/${name}-save`, 'utf8'));
    return { ruleSets, sets: [], otherSets: [], virtualServers: [], addresses: OWN };
  }
  const state: NodeState = readNodeState(`${directory}kube-proxy/ipvs`, DUMPED);
  const addresses = [...state.addresses.matchAll(/(\S+)\/(?:32|128)/g)].map(([, ip = '']) => ip);
  return {
    ruleSets: rules((name) => state[name]),
    sets: parseSets(state.ipset).value.sets,
    otherSets: [],
    virtualServers: parseServers(state.ipvsadm).value.virtualServers,
    addresses: new Set([...OWN, ...addresses]),
  };
}

/** The answer for a class, in words. */
function inWords(outcomes: readonly Outcome[]): readonly string[] {
  const { results, depends } = answerOf(outcomes);
  const lines = results.map(({ verdict, address, port, masquerade, share: { n, d }, outcome }) =>
    [verdict, address, port, masquerade, `${n}/${d}`, outcome.end, outcome.flow.affinity].join(' '),
  );
  return [...lines, ...depends];
}

/** The classes that two nodes treat differently. */
function differences(classes: readonly NamedClass[], a: NodeRules, b: NodeRules): readonly string[] {
  const [one, other] = [newEvaluator(a), newEvaluator(b)];
  return classes.flatMap(({ name, packet }) => {
    const [left, right] = [inWords(one.evaluate(packet)), inWords(other.evaluate(packet))];
    return left.join() === right.join() ? [] : [`${name}: ${left.join(', ')}; ${right.join(', ')}`];
  });
}

/** The one unknown condition in rules of Services: whether a packet came in by a port of a bridge. */
const OPEN = 'whether it came in by a port of a bridge';

/** The classes whose shares do not add up to exactly 1, or that depend on something else. */
function unsound(classes: readonly NamedClass[], node: NodeRules): readonly string[] {
  const { evaluate } = newEvaluator(node);
  return classes.flatMap(({ name, packet }) => {
    const outcomes = evaluate(packet);
    const depends = outcomes.flatMap((outcome) => outcome.depends).filter((on) => !on.endsWith(OPEN));
    const { n, d } = answerOf(outcomes).results.reduce((sum, { share }) => plus(sum, share), ZERO);
    return n === d && depends.length === 0 ? [] : [`${name}: ${n}/${d} ${depends.join()}`];
  });
}

describe.each(MODES)('conformance cases, %s mode, layout %s', (mode, layout) => {
  const cases = conformanceCases().filter(({ dumps }) => mode === 'ipvs' || dumps.ipv4 !== undefined);

  it.each(sample(cases, 4, `laws ${mode} ${layout}`, 12))('$name', (each) => {
    const node = compiledFor(each, mode, layout);
    // The classes that kube-proxy's rules tell apart, among them endpoints that reach themselves.
    const classes = classesFor(compiledFor(each, mode, 'kube-proxy'));
    expect(classes.length).toBeGreaterThan(0);
    expect(unsound(classes, node)).toEqual([]);
    expect(differences(classes, node, readBack(node))).toEqual([]);
    expect(differences(classes, node, dumped(each.directory, mode))).toEqual([]);
  });
});

describe.each(['kube-proxy', 'fast'])('conformance cases, nftables mode, layout %s', (layout) => {
  const cases = conformanceCases().flatMap((each) => {
    const dump = nftDump(each);
    return dump === undefined ? [] : [{ each, name: each.name, dump }];
  });

  it.each(sample(cases, 3, `laws ${layout}`, 12))('$name', ({ each, dump }) => {
    const node = compiledFor(each, 'nftables', layout);
    const nftTables = parseNft(readFileSync(dump, 'utf8')).value;
    // The classes that kube-proxy's rules tell apart: the maps of layout fast are not known to it.
    const classes = FAMILIES.flatMap((family) =>
      nftClassesOf(
        nftTables.filter((table) => sees(table, family)),
        family,
      ),
    );
    expect(classes.length).toBeGreaterThan(0);
    const some = sample(classes, 150, `laws ${each.name} ${layout}`, 400);
    expect(unsound(some, node)).toEqual([]);
    expect(
      differences(some, node, { ...node, nftTables: parseNft(render(printNft(node.nftTables ?? []))).value }),
    ).toEqual([]);
    expect(differences(some, node, { ...node, nftTables })).toEqual([]);
  });
});

it('random clusters', () => {
  fc.assert(
    fc.property(snapshots, options, (items, given) => {
      const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const { value } = compileState([{ name: 'cluster.json', text }], given, { skipInvalid: true });
      if (!value) throw new Error('it does not compile');
      const node = rulesOf(value.desired, OWN);
      const classes = classesFor(node);
      expect(unsound(classes, node)).toEqual([]);
      expect(differences(classes, node, readBack(node))).toEqual([]);
    }),
    { numRuns: often(30, 120), seed },
  );
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Chains, restored } from '../../../testing/node/restored.js';
import { settled } from '../assume.js';
import { parseRule } from '../parse.js';
import { script } from '../script.js';
import type { Rule, TableName } from '../types.js';
import { diffRules } from './edits.js';

/** Desired rules (letters) and foreign rules. */
const RULES: Readonly<Record<string, string>> = {
  A: ' -j KUBE-A',
  B: ' -m conntrack --ctstate NEW -m comment --comment "kubernetes b" -j KUBE-B',
  C: ' -m comment --comment c -j KUBE-C',
  old: ' -m comment --comment "of another version" -j KUBE-OLD',
  'C-quoted': ' -m comment --comment "c" -j KUBE-C',
  x: ' -s 192.0.2.1/32 -j ACCEPT',
  y: ' -i docker0 -j RETURN',
  'jump-all': ' -m comment --comment "cali:6gwbT8clXdHdC1b1" -j cali-PREROUTING',
  'jump-some': ' -m addrtype --dst-type LOCAL -j DOCKER',
  'drop-all': ' -j DROP',
  'drop-some': ' -s 192.0.2.2/32 -j DROP',
  log: ' -j LOG --log-prefix x',
};

const DESIRED = ['A', 'B', 'C'];

describe('diffRules', () => {
  it.each<[TableName, string, string, string]>([
    ['nat', 'all is well', 'A B C', 'A B C'],
    ['nat', 'nothing is there', '', 'A B C'],
    ['nat', 'only others are there', 'x log', 'A B C x log'],
    ['nat', 'the first is missing', 'log B C', 'log A B C'],
    ['nat', 'the second is missing', 'log A C', 'log A B C'],
    ['nat', 'the last is missing', 'A B log', 'A B C log'],
    ['nat', 'others between ours stay there', 'A log B log C', 'A log B log C'],
    ['nat', 'one is there twice', 'A B B C', 'A B C'],
    ['nat', 'one is there three times, among others', 'B log A B C log B', 'log A B C log'],
    ['nat', 'all are there twice', 'A B C A B C', 'A B C'],
    ['nat', 'in another order', 'C log A B', 'log A B C'],
    ['nat', 'the other way round', 'C B A', 'A B C'],
    ['nat', 'one that nobody wants any more', 'A B old C', 'A B C'],
    ['nat', 'that twice', 'old A B C old', 'A B C'],
    ['nat', 'spelled in another way', 'A B C-quoted', 'A B C-quoted'],
    ['nat', 'that at the wrong place', 'C-quoted A B', 'A B C'],
    ['nat', 'behind a verdict for some', 'x A B C', 'A B C x'],
    ['nat', 'one behind a verdict for some', 'A B y C', 'A B C y'],
    ['nat', 'behind a jump for some', 'jump-some A B C', 'A B C jump-some'],
    ['nat', 'behind a jump for all', 'jump-all A B C', 'jump-all A B C'],
    ['nat', 'behind what takes nothing away', 'log A log B C', 'log A log B C'],
    ['filter', 'behind a verdict for all', 'x drop-all A B C', 'A B C x drop-all'],
    ['filter', 'one behind a verdict for all', 'x A B drop-all y C', 'x A B C drop-all y'],
    ['filter', 'behind a verdict for some', 'drop-some x A B C', 'drop-some x A B C'],
    ['filter', 'behind jumps', 'jump-all jump-some A B C', 'jump-all jump-some A B C'],
    ['filter', 'missing, among others', 'drop-some jump-all', 'A B C drop-some jump-all'],
    ['filter', 'in disorder behind and before a verdict for all', 'B drop-all old A C B', 'A B C drop-all'],
  ])('%s: %s', (table, _, before, after) => {
    expect(edited(table, words(before))).toEqual(words(after));
  });

  it.each<[TableName, string, string, string]>([
    ['nat', 'before a verdict for all', 'drop-all A B C', 'drop-all A B C'],
    ['nat', 'among verdicts', 'x A y B drop-all C', 'x A y B drop-all C'],
    ['filter', 'behind a verdict for all', 'drop-all A B C', 'drop-all A B C'],
    ['nat', 'what is missing is put in front all the same', 'x B C', 'x A B C'],
    ['nat', 'what is in disorder is put in order all the same', 'x B A C', 'x A B C'],
    ['nat', 'a jump that is ours by its line is not', 'old A B C', 'old A B C'],
  ])('%s: rules that look into sets are not judged: %s', (table, _, before, after) => {
    const isLookup = (name: string) => isOthers(name) || name === 'old';
    const names = words(before);
    const lookups = names.map(isLookup);
    const edits = diffRules({ ...chain(table, names), lookups });
    const { lines } = chain(table, names);
    const there = { name: 'CHAIN', lines, lookups, rules: () => [] };
    const changed = { name: table, chains: [], edits, entrances: new Set<string>(), referenced: [] };
    const foreign = { family: 'ipv4', tables: [{ name: table, chains: [there] }] } as const;
    const [settledTable] = settled(foreign, [{ family: 'ipv4', tables: [changed] }]).tables;
    expect(settledTable?.chains).toMatchObject([
      { lines: words(after).map((name) => RULES[name]), lookups: words(after).map(isLookup) },
    ]);
  });

  it.each<[string, string, string, string]>([
    ['what was behind a rule of others goes back behind it', 'A B C x log', 'A x B log C', 'A x B log C'],
    ['what was not there goes', 'A B C x', 'x', 'x'],
    ['what was there twice is there twice', 'A x', 'A x A', 'A x A'],
    ['nothing, where all is as it was', 'A x B C', 'A x B C', 'A x B C'],
    ['by the rules, where others changed theirs', 'A B C x log', 'x A B C', 'A B C x log'],
  ])('back to where it was: %s', (_, now, then, after) => {
    expect(
      edited(
        'nat',
        words(now),
        words(then).filter((name) => !isOthers(name)),
        words(then),
      ),
    ).toEqual(words(after));
  });

  it('never moves a rule of others, and leaves nothing to do', () => {
    const names = Object.keys(RULES).filter((name) => name !== 'C-quoted');
    const chains = fc.tuple(
      fc.constantFrom<TableName>('filter', 'nat'),
      fc.array(fc.constantFrom(...names), { maxLength: 12 }),
      fc.subarray(DESIRED),
    );
    fc.assert(
      fc.property(chains, ([table, before, desired]) => {
        const after = edited(table, before, desired);
        expect(after.filter(isOthers)).toEqual(before.filter(isOthers));
        expect(after.filter((name) => !isOthers(name))).toEqual(desired);
        expect(diffRules(chain(table, after, desired))).toEqual([]);
        const told = diffRules(chain(table, before, desired)).flatMap(({ lines }) => lines);
        const side = (gone: string) => told.filter(({ kind }) => kind !== gone).map(({ text }) => text);
        if (told.length > 0) expect(side('+')).toEqual(before.map((name) => RULES[name]));
        if (told.length > 0) expect(side('-')).toEqual(after.map((name) => RULES[name]));
      }),
    );
  });
});

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function isOthers(name: string): boolean {
  return /^[a-z]/.test(name) && name !== 'old';
}

function chain(table: TableName, names: readonly string[], desired = DESIRED, among?: readonly string[]) {
  const rules = (of: readonly string[]) => of.map((name) => parseRule(RULES[name] ?? '', 'ipv4'));
  return {
    table,
    chain: {
      name: 'CHAIN',
      rules: () => rules(desired),
      ...(among ? { among: among.map((name) => RULES[name] ?? '') } : {}),
    },
    lines: names.map((name) => RULES[name] ?? ''),
    own: ({ target }: Rule) => target?.kind === 'jump' && target.chain.startsWith('KUBE-'),
    family: 'ipv4',
  } as const;
}

/** The chain after its edits; one commit and two must agree. */
function edited(
  table: TableName,
  names: readonly string[],
  desired = DESIRED,
  among?: readonly string[],
): readonly string[] {
  const { lines, ...rest } = chain(table, names, desired, among);
  const edits = diffRules({ lines, ...rest });
  const there: Chains = new Map<string, readonly string[]>([
    ...TARGETS.map((name) => [name, []] as const),
    ['CHAIN', lines],
  ]);
  const results = [['whole'] as const, ['grow', 'settle'] as const].map((phases) => {
    const texts = phases.flatMap((phase) => [
      ...script({ name: table, chains: [], edits, entrances: new Set(), referenced: [] }, phase, {
        chainsPerCommit: 300,
        deletesFirst: false,
        editedFrom: 64,
        growing: 'new-first',
      }),
    ]);
    return restored(there, texts).at(-1)?.get('CHAIN') ?? lines;
  });
  expect(results[1]).toEqual(results[0]);
  return (results[0] ?? []).map((line) => Object.keys(RULES).find((name) => RULES[name] === line) ?? line);
}

const TARGETS = ['KUBE-A', 'KUBE-B', 'KUBE-C', 'KUBE-OLD', 'DOCKER', 'cali-PREROUTING'];

/**
 * Scripts: for every change and commit size, no commit leads to a missing chain, growing removes nothing, and the final
 * rules are the desired ones.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Chains, restored } from '../../testing/node/restored.js';
import { diff, type TableDiff } from './diff.js';
import { parse } from './parse.js';
import { script } from './script.js';

const NAMES = ['KUBE-A', 'KUBE-B', 'KUBE-C', 'KUBE-D', 'KUBE-E', 'KUBE-F', 'KUBE-G', 'KUBE-H'];
const MARKS = [' -p tcp', ' -p udp', ' -p sctp', ' -s 192.0.2.1/32', ''];

/** Chains that lead only to later ones, as those of kube-proxy do. */
const rules: fc.Arbitrary<Chains> = fc.subarray(NAMES).chain((names) => {
  const of = (i: number) => {
    const targets = [...names.slice(i + 1), 'RETURN', 'ACCEPT'];
    const rule = fc.tuple(fc.constantFrom(...MARKS), fc.constantFrom(...targets));
    return fc.array(
      rule.map(([mark, target]) => `${mark} -j ${target}`),
      { maxLength: 4 },
    );
  };
  const entrances = fc.subarray(names).map((some) => some.map((name) => ` -j ${name}`));
  return fc
    .tuple(entrances, ...names.map((_, i) => of(i)))
    .map(
      ([first, ...rest]) => new Map([['PREROUTING', first], ...names.map((name, i) => [name, rest[i] ?? []] as const)]),
    );
});

const change = fc.record({
  from: rules,
  to: rules,
  chainsPerCommit: fc.constantFrom(1, 2, 3, 300),
  deletesFirst: fc.boolean(),
  editedFrom: fc.constantFrom(1, 3, 1000),
  growing: fc.constantFrom('old-first' as const, 'new-first' as const),
});

describe('script', () => {
  it('whole: every commit can be made, the last leaves what is desired', () => {
    fc.assert(
      fc.property(change, ({ from, to, ...options }) => {
        const states = restored(
          from,
          changes(from, to).flatMap((table) => [...script(table, 'whole', options)]),
        );
        expect(plain(states.at(-1) ?? from)).toEqual(plain(to));
      }),
    );
  });

  it('grow keeps every rule of chains, and settle every desired one', () => {
    fc.assert(
      fc.property(change, ({ from, to, ...options }) => {
        const tables = changes(from, to);
        const phase = (name: 'grow' | 'settle') => tables.flatMap((table) => [...script(table, name, options)]);
        const growing = restored(from, phase('grow'));
        for (const state of growing) expect(missing(state, from)).toEqual([]);
        const grown = growing.at(-1) ?? from;
        expect(missing(grown, to)).toEqual([]);
        const settling = restored(grown, phase('settle'));
        for (const state of settling) expect(missing(state, to)).toEqual([]);
        expect(plain(settling.at(-1) ?? grown)).toEqual(plain(to));
      }),
    );
  });

  it('grow puts the rules first that are to win', () => {
    const [table] = changes(one(' -p tcp -j ACCEPT'), one(' -j RETURN'));
    const grown = (growing: 'old-first' | 'new-first') =>
      table &&
      [...script(table, 'grow', { chainsPerCommit: 300, deletesFirst: false, editedFrom: 64, growing })].map(
        ({ text }) => text,
      );
    const [old, desired] = ['-A KUBE-A -p tcp -j ACCEPT', '-A KUBE-A -j RETURN'];
    expect(grown('old-first')).toEqual(['*nat', ':KUBE-A - [0:0]', old, desired, 'COMMIT']);
    expect(grown('new-first')).toEqual(['*nat', ':KUBE-A - [0:0]', desired, old, 'COMMIT']);
  });

  it('what packets enter leads to old chains before new ones, where the old ones are to win', () => {
    fc.assert(
      fc.property(change, ({ from, to, ...options }) => {
        const lines = changes(from, to).flatMap((table) => [
          ...script(table, 'grow', { ...options, growing: 'old-first' }),
        ]);
        const entrance = (restored(from, lines).at(-1) ?? from).get('PREROUTING') ?? [];
        const [old, now] = [from.get('PREROUTING') ?? [], to.get('PREROUTING') ?? []];
        const isNew = (line: string) => now.includes(line) && !old.includes(line);
        const isOld = (line: string) => old.includes(line) && !now.includes(line);
        const firstNew = entrance.findIndex(isNew);
        const lastOld = entrance.findLastIndex(isOld);
        expect(firstNew < 0 || lastOld < firstNew).toBe(true);
        expect(entrance.filter(isOld)).toEqual(old.filter(isOld));
      }),
    );
  });

  it('deletes rules to endpoints that go before it writes the rest, where that is free', () => {
    const to = (ip: string, share = '') => `${share} -j DNAT --to-destination ${ip}:80`;
    const random = (share: string) => ` -m statistic --mode random --probability ${share}`;
    const [third, half] = [random('0.33333333349'), random('0.50000000000')];
    const chain = (...rules: readonly string[]): Chains =>
      new Map([
        ['PREROUTING', [' -j KUBE-A']],
        ['KUBE-A', rules],
      ]);
    const before = chain(to('10.0.0.1', third), to('10.0.0.2', half), to('10.0.0.3'));
    const first = (after: Chains, deletesFirst = true) => {
      const options = { chainsPerCommit: 300, deletesFirst, editedFrom: 64, growing: 'new-first' } as const;
      const texts = changes(before, after).flatMap((table) => [...script(table, 'whole', options)]);
      return texts
        .slice(
          1,
          texts.findIndex(({ text }) => text === 'COMMIT'),
        )
        .map(({ text }) => text);
    };
    const without2 = chain(to('10.0.0.1', half), to('10.0.0.3'));
    expect(first(without2)).toEqual([`-D KUBE-A${to('10.0.0.2', half)}`]);
    expect(first(without2, false)[0]).toBe(':KUBE-A - [0:0]');
    // The last rule takes what the others leave, so it cannot be missing.
    expect(first(chain(to('10.0.0.1', half), to('10.0.0.2')))[0]).toBe(':KUBE-A - [0:0]');
  });

  it('edits a long chain where it changes, and writes it whole where rules change places', () => {
    const rule = (i: number) => ` -d 10.96.0.${i}/32 -j KUBE-B`;
    const chain = (...places: readonly number[]): Chains =>
      new Map([
        ['PREROUTING', [' -j KUBE-A']],
        ['KUBE-A', places.map(rule)],
        ['KUBE-B', []],
      ]);
    const lines = (after: Chains) =>
      changes(chain(1, 2, 3, 4), after).flatMap((table) =>
        [...script(table, 'whole', { chainsPerCommit: 300, deletesFirst: true, editedFrom: 4, growing: 'new-first' })]
          .map(({ text }) => text)
          .slice(1, -1),
      );
    expect(lines(chain(1, 5, 3, 4, 6))).toEqual([
      `-D KUBE-A${rule(2)}`,
      `-I KUBE-A 2${rule(5)}`,
      `-I KUBE-A 5${rule(6)}`,
    ]);
    expect(lines(chain(2, 1, 3, 4))[0]).toBe(':KUBE-A - [0:0]');
  });

  it('changes all that packets enter in one commit', () => {
    const entrances = ['KUBE-A', 'KUBE-C'];
    const all = (rule: string): Chains =>
      new Map<string, readonly string[]>([
        ['PREROUTING', entrances.map((name) => ` -j ${name}`)],
        ...['KUBE-A', 'KUBE-B', 'KUBE-C', 'KUBE-D'].map((name): [string, string[]] => [name, [rule]]),
      ]);
    const options = { chainsPerCommit: 1, deletesFirst: false, editedFrom: 64, growing: 'new-first' } as const;
    const texts = changes(all(' -p tcp -j RETURN'), all(' -j RETURN')).flatMap((table) => [
      ...script(table, 'whole', options),
    ]);
    const states = restored(all(' -p tcp -j RETURN'), texts);
    const seen = new Set(states.map((state) => entrances.map((name) => state.get(name)?.join()).join(' and ')));
    expect([...seen]).toEqual([' -p tcp -j RETURN and  -p tcp -j RETURN', ' -j RETURN and  -j RETURN']);
  });

  it('has nothing to say of what is as desired', () => {
    fc.assert(fc.property(rules, (same) => expect(changes(same, same)).toEqual([])));
  });

  it('has no more chains in a commit than asked for', () => {
    fc.assert(
      fc.property(change, ({ from, to, ...options }) => {
        const texts = changes(from, to).flatMap((table) =>
          [...script(table, 'whole', options)].map(({ text }) => text),
        );
        const commits = texts.join('\n').split('COMMIT');
        const entrances = (to.get('PREROUTING') ?? []).length;
        // The last chain written is the first one deleted, and with it all change that packets enter.
        for (const commit of commits)
          expect(commit.match(/^:/gm)?.length ?? 0).toBeLessThanOrEqual(2 * options.chainsPerCommit + entrances);
      }),
    );
  });
});

function one(rule: string): Chains {
  return new Map([
    ['PREROUTING', [' -j KUBE-A']],
    ['KUBE-A', [rule]],
  ]);
}

function changes(from: Chains, to: Chains): readonly TableDiff[] {
  return diff(saved(from), saved(to), {
    chain: (_, name) => name.startsWith('KUBE-'),
    rule: (_, __, { target }) => target?.kind === 'jump',
  }).tables;
}

function saved(chains: Chains) {
  const headers = [...chains.keys()].map((name) => `:${name} ${name === 'PREROUTING' ? 'ACCEPT' : '-'} [0:0]`);
  const rules = [...chains].flatMap(([name, rules]) => rules.map((rule) => `-A ${name}${rule}`));
  return parse(['*nat', ...headers, ...rules, 'COMMIT', ''].join('\n'), 'ipv4').value;
}

function plain(chains: Chains): Record<string, readonly string[]> {
  return Object.fromEntries(chains);
}

/** Rules of `desired` that `state` lacks. */
function missing(state: Chains, desired: Chains): readonly string[] {
  return [...desired].flatMap(([name, rules]) => {
    const there = new Set(state.get(name));
    return rules.filter((rule) => !there.has(rule)).map((rule) => `${name}${rule}`);
  });
}

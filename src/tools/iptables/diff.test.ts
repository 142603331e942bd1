import { describe, expect, it } from '@jest/globals';
import { type Chains, restored } from '../../testing/node/restored.js';
import { diff } from './diff.js';
import type { Ownership } from './ownership.js';
import { parse } from './parse.js';
import { type ScriptPhase, script } from './script.js';

const OWN: Ownership = {
  chain: (_, name) => name.startsWith('KUBE-'),
  rule: (_, __, { header, target }) =>
    target?.kind === 'jump' && target.chain.startsWith('KUBE-') && Object.keys(header).length === 0,
};

const DESIRED = [':KUBE-A', ':KUBE-B', 'PREROUTING -j KUBE-A', 'KUBE-A -p tcp -j KUBE-B', 'KUBE-B -j RETURN'];

/** Rows: rules beside DESIRED or instead of it, and the rules after the change. */
describe('diff', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['nothing is there', [], DESIRED],
    ['all is well', DESIRED, DESIRED],
    ['a chain of others', [...DESIRED, ':DOCKER', 'DOCKER -j RETURN'], [...DESIRED, ':DOCKER', 'DOCKER -j RETURN']],
    ['a stale chain', [...DESIRED, ':KUBE-OLD', 'KUBE-OLD -j KUBE-B'], DESIRED],
    ['a stale chain that is empty', [...DESIRED, ':KUBE-OLD'], DESIRED],
    ['a stale entrance', [...DESIRED, ':KUBE-OLD', 'PREROUTING -j KUBE-OLD'], DESIRED],
    ['stale chains one behind the other', [...DESIRED, ':KUBE-O', ':KUBE-P', 'KUBE-O -j KUBE-P'], DESIRED],
    [
      'a stale chain that a rule of others in a built-in chain leads to',
      [...DESIRED, ':KUBE-OLD', 'KUBE-OLD -j KUBE-B', 'PREROUTING -p udp -j KUBE-OLD'],
      [...DESIRED, ':KUBE-OLD', 'PREROUTING -p udp -j KUBE-OLD'],
    ],
    [
      'a stale chain that a rule of others in their chain leads to',
      [...DESIRED, ':DOCKER', ':KUBE-OLD', 'DOCKER -p udp -g KUBE-OLD', 'KUBE-OLD -j DROP'],
      [...DESIRED, ':DOCKER', ':KUBE-OLD', 'DOCKER -p udp -g KUBE-OLD'],
    ],
    [
      'a stale chain behind one that is referenced',
      [...DESIRED, ':KUBE-O', ':KUBE-P', 'PREROUTING -p udp -j KUBE-O', 'KUBE-O -j KUBE-P'],
      [...DESIRED, ':KUBE-O', 'PREROUTING -p udp -j KUBE-O'],
    ],
    [
      'a referenced chain that was emptied before',
      [...DESIRED, ':KUBE-OLD', 'PREROUTING -p udp -j KUBE-OLD'],
      [...DESIRED, ':KUBE-OLD', 'PREROUTING -p udp -j KUBE-OLD'],
    ],
    [
      'a desired chain that a rule of others leads to as well',
      [...DESIRED, 'PREROUTING -p udp -j KUBE-B'],
      [...DESIRED, 'PREROUTING -p udp -j KUBE-B'],
    ],
    ['a rule of others in a chain of ours', [...DESIRED, 'KUBE-B -j DROP'], DESIRED],
    ['another order', [':KUBE-A', ':KUBE-B', 'KUBE-A -p tcp -j KUBE-B', 'KUBE-B -j RETURN'], DESIRED],
  ])('%s', (_, there, expected) => {
    expect(run(there, DESIRED)).toEqual(sorted(expected));
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['removes all', DESIRED, []],
    [
      'leaves others alone',
      [...DESIRED, ':DOCKER', 'PREROUTING -p udp -j DOCKER'],
      [':DOCKER', 'PREROUTING -p udp -j DOCKER'],
    ],
    [
      'keeps what a rule of others leads to, empty',
      [...DESIRED, 'PREROUTING -p udp -j KUBE-B'],
      [':KUBE-B', 'PREROUTING -p udp -j KUBE-B'],
    ],
  ])('nothing desired: %s', (_, there, expected) => {
    expect(run(there, [])).toEqual(sorted(expected));
  });

  it('says by which rule a chain is referenced', () => {
    const there = [':KUBE-OLD', 'KUBE-OLD -j DROP', 'PREROUTING -p udp -m comment --comment "it is mine" -j KUBE-OLD'];
    const { tables } = diff(saved(there), saved([]), OWN);
    const by = '-A PREROUTING -p udp -m comment --comment "it is mine" -j KUBE-OLD';
    expect(tables[0]?.referenced).toEqual([{ name: 'KUBE-OLD', by }]);
  });
});

/** The rules after the change, in one phase and in two; a second diff must find nothing. */
function run(there: readonly string[], desired: readonly string[]): readonly string[] {
  const { tables } = diff(saved(there), saved(desired), OWN);
  const results = (
    [
      ['whole', 'new-first'],
      ['grow settle', 'new-first'],
      ['grow settle', 'old-first'],
    ] as const
  ).map(([phases, growing]) => {
    const texts = phases
      .split(' ')
      .flatMap((phase) =>
        tables.flatMap((t) => [
          ...script(t, phase as ScriptPhase, { chainsPerCommit: 1, deletesFirst: false, editedFrom: 64, growing }),
        ]),
      );
    const after = restored(chains(there), texts).at(-1);
    return after ? lines(after) : there;
  });
  const [result = []] = results;
  for (const other of results) expect(sorted(other)).toEqual(sorted(result));
  expect(diff(saved(result), saved(desired), OWN).tables).toEqual([]);
  return sorted(result);
}

/** `:CHAIN` and `CHAIN rule` lines as a nat table. */
function saved(lines: readonly string[]) {
  const headers = lines.filter((line) => line.startsWith(':')).map((line) => `${line} - [0:0]`);
  const rules = lines.filter((line) => !line.startsWith(':')).map((line) => `-A ${line}`);
  const text = ['*nat', ':PREROUTING ACCEPT [0:0]', ...headers, ...rules, 'COMMIT', ''].join('\n');
  const { value, diagnostics } = parse(text, 'ipv4');
  expect(diagnostics).toEqual([]);
  return value;
}

function chains(lines: readonly string[]): Chains {
  return new Map(saved(lines).tables.flatMap((table) => table.chains.map((chain) => [chain.name, chain.lines])));
}

function lines(chains: Chains): readonly string[] {
  const headers = [...chains.keys()].filter((name) => name !== 'PREROUTING').map((name) => `:${name}`);
  return [...headers, ...[...chains].flatMap(([name, rules]) => rules.map((rule) => `${name}${rule}`))];
}

/** Chains in any order; the rules of each chain in theirs. */
function sorted(lines: readonly string[]): readonly string[] {
  const chainOf = (line: string) => line.split(' ')[0] ?? '';
  return lines.toSorted((a, b) => (chainOf(a) < chainOf(b) ? -1 : Number(chainOf(a) > chainOf(b))));
}

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

const WANTED = [':KUBE-A', ':KUBE-B', 'PREROUTING -j KUBE-A', 'KUBE-A -p tcp -j KUBE-B', 'KUBE-B -j RETURN'];

/** What is there besides WANTED, or instead of it, and what there is in the end. */
describe('diff', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['nothing is there', [], WANTED],
    ['all is well', WANTED, WANTED],
    ['a chain of others', [...WANTED, ':DOCKER', 'DOCKER -j RETURN'], [...WANTED, ':DOCKER', 'DOCKER -j RETURN']],
    ['a stale chain', [...WANTED, ':KUBE-OLD', 'KUBE-OLD -j KUBE-B'], WANTED],
    ['a stale chain that is empty', [...WANTED, ':KUBE-OLD'], WANTED],
    ['a stale entrance', [...WANTED, ':KUBE-OLD', 'PREROUTING -j KUBE-OLD'], WANTED],
    ['stale chains one behind the other', [...WANTED, ':KUBE-O', ':KUBE-P', 'KUBE-O -j KUBE-P'], WANTED],
    [
      'a stale chain that a rule of others in a built-in chain leads to',
      [...WANTED, ':KUBE-OLD', 'KUBE-OLD -j KUBE-B', 'PREROUTING -p udp -j KUBE-OLD'],
      [...WANTED, ':KUBE-OLD', 'PREROUTING -p udp -j KUBE-OLD'],
    ],
    [
      'a stale chain that a rule of others in their chain leads to',
      [...WANTED, ':DOCKER', ':KUBE-OLD', 'DOCKER -p udp -g KUBE-OLD', 'KUBE-OLD -j DROP'],
      [...WANTED, ':DOCKER', ':KUBE-OLD', 'DOCKER -p udp -g KUBE-OLD'],
    ],
    [
      'a stale chain behind one that is referenced',
      [...WANTED, ':KUBE-O', ':KUBE-P', 'PREROUTING -p udp -j KUBE-O', 'KUBE-O -j KUBE-P'],
      [...WANTED, ':KUBE-O', 'PREROUTING -p udp -j KUBE-O'],
    ],
    [
      'a referenced chain that was emptied before',
      [...WANTED, ':KUBE-OLD', 'PREROUTING -p udp -j KUBE-OLD'],
      [...WANTED, ':KUBE-OLD', 'PREROUTING -p udp -j KUBE-OLD'],
    ],
    [
      'a wanted chain that a rule of others leads to as well',
      [...WANTED, 'PREROUTING -p udp -j KUBE-B'],
      [...WANTED, 'PREROUTING -p udp -j KUBE-B'],
    ],
    ['a rule of others in a chain of ours', [...WANTED, 'KUBE-B -j DROP'], WANTED],
    ['another order', [':KUBE-A', ':KUBE-B', 'KUBE-A -p tcp -j KUBE-B', 'KUBE-B -j RETURN'], WANTED],
  ])('%s', (_, there, expected) => {
    expect(run(there, WANTED)).toEqual(sorted(expected));
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['removes all', WANTED, []],
    [
      'leaves others alone',
      [...WANTED, ':DOCKER', 'PREROUTING -p udp -j DOCKER'],
      [':DOCKER', 'PREROUTING -p udp -j DOCKER'],
    ],
    [
      'keeps what a rule of others leads to, empty',
      [...WANTED, 'PREROUTING -p udp -j KUBE-B'],
      [':KUBE-B', 'PREROUTING -p udp -j KUBE-B'],
    ],
  ])('nothing wanted: %s', (_, there, expected) => {
    expect(run(there, [])).toEqual(sorted(expected));
  });

  it('says by which rule a chain is referenced', () => {
    const there = [':KUBE-OLD', 'KUBE-OLD -j DROP', 'PREROUTING -p udp -m comment --comment "it is mine" -j KUBE-OLD'];
    const { tables } = diff(saved(there), saved([]), OWN);
    const by = '-A PREROUTING -p udp -m comment --comment "it is mine" -j KUBE-OLD';
    expect(tables[0]?.referenced).toEqual([{ name: 'KUBE-OLD', by }]);
  });
});

/** What is there after the difference has been made good, which leaves none; in one phase as in two. */
function run(there: readonly string[], wanted: readonly string[]): readonly string[] {
  const { tables } = diff(saved(there), saved(wanted), OWN);
  const results = (
    [
      ['whole', 'new-first'],
      ['grow settle', 'new-first'],
      ['grow settle', 'old-first'],
    ] as const
  ).map(([phases, growing]) => {
    const texts = phases
      .split(' ')
      .flatMap((phase) => tables.flatMap((t) => [...script(t, phase as ScriptPhase, { chainsPerCommit: 1, growing })]));
    const after = restored(chains(there), texts).at(-1);
    return after ? lines(after) : there;
  });
  const [result = []] = results;
  for (const other of results) expect(sorted(other)).toEqual(sorted(result));
  expect(diff(saved(result), saved(wanted), OWN).tables).toEqual([]);
  return sorted(result);
}

/** `:CHAIN` and `CHAIN rule` as a nat table. */
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

/** Chains in any order; the rules of each as they are. */
function sorted(lines: readonly string[]): readonly string[] {
  const chainOf = (line: string) => line.split(' ')[0] ?? '';
  return lines.toSorted((a, b) => (chainOf(a) < chainOf(b) ? -1 : Number(chainOf(a) > chainOf(b))));
}

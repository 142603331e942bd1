import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../../../resolve/types.js';
import type { Rule } from '../../../../tools/iptables/types.js';
import type { NamedPort } from '../port.js';
import { type Balancing, balance, LINEAR } from './endpoints.js';

const PORT = { protocol: 'tcp' } as NamedPort;

function endpoints(count: number): readonly Endpoint[] {
  return Array.from({ length: count }, (_, i) => ({ ip: `10.244.${i >> 8}.${i & 255}`, port: 8080 }) as Endpoint);
}

/** The share of each endpoint's connections, and the most rules that one is tried against. */
function sharesOf(chains: readonly Balancing[]): { shares: ReadonlyMap<string, number>; most: number } {
  const byName = new Map(chains.map(({ name, rules }) => [name, rules()]));
  const shares = new Map<string, number>();
  let most = 0;
  const walk = (rules: readonly Rule[], weight: number, passed: number): void => {
    let left = weight;
    for (const [i, { matches, target }] of rules.entries()) {
      const [match] = matches;
      const share = match?.kind === 'statistic' ? left * (match.probability / 2 ** 31) : left;
      most = Math.max(most, passed + i + 1);
      if (target?.kind === 'goto') walk(byName.get(target.chain) ?? [], share, passed + i + 1);
      if (target?.kind === 'dnat') shares.set(target.ip, (shares.get(target.ip) ?? 0) + share);
      left -= share;
    }
    expect(left).toBe(0);
  };
  walk(byName.get('VIPC-SVC-AAAAAAAAAAAAAAAA') ?? [], 1, 0);
  return { shares, most };
}

const chainsOf = (list: readonly Endpoint[]) => balance(PORT, 'VIPC-SVC-AAAAAAAAAAAAAAAA', list);

describe('balance', () => {
  it.each([1, 2, 3, 7, 16, 17, 18, 100, 500, 5000])('%s endpoints have equal shares', (count) => {
    const { shares, most } = sharesOf(chainsOf(endpoints(count)));
    expect(shares.size).toBe(count);
    for (const share of shares.values()) expect(Math.abs(share - 1 / count)).toBeLessThan(2 ** -24);
    expect(most).toBeLessThanOrEqual(count <= LINEAR ? count : 3 * 8 + 3 * LINEAR);
  });

  it('names no chain longer than the kernel allows', () => {
    for (const { name } of chainsOf(endpoints(20_000))) expect(name.length).toBeLessThanOrEqual(28);
  });

  it.each([200, 1000])('of %s endpoints one that goes changes few chains', (count) => {
    const texts = (list: readonly Endpoint[]) =>
      chainsOf(list).map(({ name, rules }) => `${name} ${JSON.stringify(rules())}`);
    const [before, after] = [new Set(texts(endpoints(count))), texts(endpoints(count).slice(1))];
    expect(after.filter((text) => !before.has(text)).length).toBeLessThanOrEqual(4);
  });
});

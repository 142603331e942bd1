import { expect, it } from '@jest/globals';
import { parse } from '../tools/iptables/parse.js';
import type { ObservedState } from '../tools/tools.js';
import { EMPTY_STATE } from './plan.js';
import { remarks } from './remarks.js';

const FINE: ObservedState = {
  iptables: [
    parse('*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -j ACCEPT\n-A OUTPUT -p tcp -j DROP\nCOMMIT\n', 'ipv6').value,
  ],
  nft: [{ family: 'inet', name: 'kube-proxy', sets: [], chains: [] }],
};
const { nft: _, ...UNSEEN } = FINE;

function withLookups(...lookups: readonly boolean[]): ObservedState {
  const iptables = FINE.iptables?.map(({ family, tables }) => ({
    family,
    tables: tables.map(({ name, chains }) => ({ name, chains: chains.map((chain) => ({ ...chain, lookups })) })),
  }));
  return { ...FINE, iptables: iptables ?? [] };
}

it.each<[string, ObservedState, readonly RegExp[]]>([
  ['nothing to say', FINE, []],
  [
    'nftables mode',
    { ...FINE, nft: [{ family: 'ip', name: 'kube-proxy', sets: [], chains: [] }] },
    [/nftables mode act here: table ip kube-proxy$/],
  ],
  ['nft is missing', UNSEEN, [/nft is missing/]],
  ['rules that look into sets', withLookups(true, false), [/OUTPUT of ipv6 table nat .*: -A OUTPUT -j ACCEPT$/]],
  ['two of them', withLookups(true, true), [/-A OUTPUT -j ACCEPT and 1 more$/]],
])('%s', (_, observed, expected) => {
  const found = remarks(observed, EMPTY_STATE);
  expect(found.map(({ severity, hint }) => [severity, hint === undefined])).toEqual(
    found.map(() => ['warning', false]),
  );
  expect(found.map(({ message }) => message)).toEqual(expected.map((each) => expect.stringMatching(each)));
});

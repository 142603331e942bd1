/**
 * What iptables mode has on a node, and what it served before a change.
 */
import type { Family } from '../../ip.js';
import { ANY_ADDRESS, servedKey } from '../../tools/conntrack/stale.js';
import { natBefore } from '../../tools/iptables/diff.js';
import type { Differences } from '../../tools/tools.js';
import type { ModeOurs } from '../backend.js';
import { isTreeChain } from '../chain-names.js';
import { MARK_MASQUERADE } from '../shared/masquerade.js';
import { JUMPS } from './lower.js';
import { CHAIN, FAST_CHAIN } from './names.js';

export const iptablesOurs: ModeOurs = {
  chains: [...Object.values(CHAIN), ...Object.values(FAST_CHAIN), MARK_MASQUERADE],
  jumps: Object.values(JUMPS).flatMap((chains) => Object.values(chains).flat()),
};

/** Addresses and ports from which a rule led to endpoints until now. */
export function formerly({ iptables = [] }: Differences): readonly string[] {
  return iptables.flatMap(({ family, tables }) => {
    const entrances = natBefore(tables).filter(({ name }) => ENTRANCES.has(name) || isTreeChain(name));
    return entrances.flatMap(({ before }) => before.flatMap((line) => destinationOf(line, family) ?? []));
  });
}

const ENTRANCES: ReadonlySet<string> = new Set([
  CHAIN.services,
  CHAIN.nodePorts,
  FAST_CHAIN.services,
  FAST_CHAIN.nodePorts,
]);

function destinationOf(line: string, family: Family): string | undefined {
  const [, ip] = / -d (\S+)\/(?:32|128) /.exec(line) ?? [];
  const [, port] = / -m udp --dport (\d+) -[jg] (?:KUBE|VIPC)-/.exec(line) ?? [];
  return port === undefined ? undefined : servedKey(ip ?? ANY_ADDRESS[family], Number(port));
}

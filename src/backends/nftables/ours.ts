/**
 * What nftables mode has on a node, and what it served before a change.
 */
import type { Family } from '../../ip.js';
import { ANY_ADDRESS, servedKey } from '../../tools/conntrack/stale.js';
import type { Differences } from '../../tools/tools.js';
import type { ModeOurs } from '../backend.js';
import { SET, SOURCES_CHAIN, TABLE } from './names.js';

/** Two tables, one for each family, with everything in them. */
export const nftablesOurs: ModeOurs = {
  isTable: ({ family, name }) => name === TABLE && (family === 'ip' || family === 'ip6'),
  isOwnTable: ({ chains }) => chains.some(({ name }) => name === SOURCES_CHAIN),
};

const DISPATCH: ReadonlySet<string> = new Set([SET.serviceIPs, SET.serviceNodePorts]);

/** Addresses and ports from which a map led to endpoints until now. */
export function formerly({ nft = [] }: Differences): readonly string[] {
  return nft.flatMap(({ family, sets }) => {
    const removed = sets.filter(({ name }) => DISPATCH.has(name)).flatMap((set) => set.removed);
    return removed.flatMap(({ key }) => destinationOf(key, family === 'ip6' ? 'ipv6' : 'ipv4') ?? []);
  });
}

function destinationOf(key: string, family: Family): string | undefined {
  const [, ip = ANY_ADDRESS[family], port] = /^(?:(\S+) \. )?udp \. (\d+)$/.exec(key) ?? [];
  return port === undefined ? undefined : servedKey(ip, Number(port));
}

/**
 * What nftables mode has on a node: two tables, one for each family, with everything in them.
 */
import type { Family } from '../../ip.js';
import { ANY_ADDRESS, servedKey } from '../../tools/conntrack/stale.js';
import type { Differences } from '../../tools/tools.js';
import type { ModeOurs } from '../backend.js';
import { SET, TABLE } from './names.js';

export const nftablesOurs: ModeOurs = {
  isTable: ({ family, name }) => name === TABLE && (family === 'ip' || family === 'ip6'),
};

/** Addresses and ports from which a map led to endpoints until now. */
export function formerly({ nft = [] }: Differences): readonly string[] {
  return nft.flatMap(({ family, sets }) =>
    sets
      .filter(({ name }) => name === SET.serviceIPs || name === SET.serviceNodePorts)
      .flatMap(({ removed }) =>
        removed.flatMap(({ key }) => destinationOf(key, family === 'ip6' ? 'ipv6' : 'ipv4') ?? []),
      ),
  );
}

/** `10.96.0.10 . udp . 53`, or of a node port `udp . 30053`. */
function destinationOf(key: string, family: Family): string | undefined {
  const [, ip, port] = /^(?:(\S+) \. )?udp \. (\d+)$/.exec(key) ?? [];
  return port === undefined ? undefined : servedKey(ip ?? ANY_ADDRESS[family], Number(port));
}

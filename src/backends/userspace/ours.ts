/**
 * What userspace mode has on a node, and what it served before a change.
 */
import type { Family } from '../../ip.js';
import { ANY_ADDRESS, servedKey } from '../../tools/conntrack/stale.js';
import { natBefore } from '../../tools/iptables/diff.js';
import type { Differences } from '../../tools/tools.js';
import type { ModeOurs } from '../backend.js';
import { CHAIN } from './names.js';
import { JUMPS } from './rules.js';

export const userspaceOurs: ModeOurs = {
  chains: Object.values(CHAIN),
  jumps: Object.values(JUMPS).flatMap((chains) => Object.values(chains).flat()),
};

const ENTRANCES: ReadonlySet<string> = new Set([
  CHAIN.portalsContainer,
  CHAIN.portalsHost,
  CHAIN.nodePortContainer,
  CHAIN.nodePortHost,
]);

/** Addresses and ports from which a rule led to the relay until now. */
export function formerly({ iptables = [] }: Differences): readonly string[] {
  return iptables.flatMap(({ family, tables }) => {
    const entrances = natBefore(tables).filter(({ name }) => ENTRANCES.has(name));
    return entrances.flatMap(({ before }) => before.flatMap((line) => destinationOf(line, family) ?? []));
  });
}

function destinationOf(line: string, family: Family): string | undefined {
  const [, ip] = / -d (\S+)\/(?:32|128) /.exec(line) ?? [];
  const [, port] = / -m udp --dport (\d+) -j (?:REDIRECT|DNAT) /.exec(line) ?? [];
  return port === undefined ? undefined : servedKey(ip ?? ANY_ADDRESS[family], Number(port));
}

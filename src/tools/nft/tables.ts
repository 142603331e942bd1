/**
 * Tables of nftables as nft(8) names them: data, parser and printer of their removal together.
 */
import type { Checked } from '../../diag.js';
import type { Line } from '../../text.js';
import { readLines } from '../lines.js';

export interface NftTable {
  /** `ip`, `ip6`, `inet`, `arp`, `bridge`, `netdev`. */
  readonly family: string;
  readonly name: string;
}

/**
 * The tables of `nft list tables`, or of `nft list chains`, which lists chains below each table. An unreadable line is
 * a diagnostic.
 */
export function parse(text: string): Checked<readonly NftTable[]> {
  const value: NftTable[] = [];
  const diagnostics = readLines(text, (line) => {
    const [, family = '', name] = /^table (ip6?|inet|arp|bridge|netdev) ("[^"]*"|\S+)(?: \{)?$/.exec(line) ?? [];
    if (name !== undefined) value.push({ family, name });
    return name !== undefined || /^(?:\s.*|\})?$/.test(line) ? undefined : 'not a line of nft list';
  });
  return { value, diagnostics };
}

/** Whether iptables-nft shows the rules of a table of this name. */
export function isOfIptables({ family, name }: NftTable): boolean {
  return /^ip6?$/.test(family) && /^(?:filter|nat|mangle|raw|security)$/.test(name);
}

/** `table ip kube-proxy` */
export function printTable({ family, name }: NftTable): string {
  return `table ${family} ${name}`;
}

/** Removes tables, as input for `nft -f -`; one input is one transaction, so either all of them go or none. */
export function* printDeletions(tables: readonly NftTable[]): Generator<Line> {
  for (const table of tables) yield { text: `delete ${printTable(table)}` };
}

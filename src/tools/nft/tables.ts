/**
 * The names of tables, as `nft list tables` prints them.
 */
import type { Checked } from '../../diag.js';
import { readLines } from '../lines.js';
import type { NftFamily, TableName } from './types.js';

/**
 * The tables of `nft list tables`, or of `nft list chains` or `nft list flowtables`, which list these below each table.
 * An unreadable line is a diagnostic.
 */
export function parseTableNames(text: string): Checked<readonly TableName[]> {
  const value: TableName[] = [];
  const diagnostics = readLines(text, (line) => {
    const [, family, name] = /^table (ip6?|inet|arp|bridge|netdev) ("[^"]*"|\S+)(?: \{)?$/.exec(line) ?? [];
    if (name !== undefined) value.push({ family: family as NftFamily, name });
    return name !== undefined || /^(?:\s.*|\})?$/.test(line) ? undefined : 'not a line of nft list';
  });
  return { value, diagnostics };
}

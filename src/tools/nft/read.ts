/**
 * read: what nft(8) reports about a node. kube-proxy's nftables mode has its own tables, which iptables does not show.
 */
import type { Family } from '../../ip.js';
import { type Ask, answer, isMissing, type Outcome, understood } from '../ask.js';
import { lookups } from './chain.js';
import { type NftTable, parse } from './tables.js';

export const NFT_FAMILY: Readonly<Record<Family, string>> = { ipv4: 'ip', ipv6: 'ip6' };

/** The result on a node without nftables. */
export const NO_NFTABLES: readonly NftTable[] = [];

/** The existing tables; undefined when nft is missing. Throws when nft crashes. */
export async function readTables(ask: Ask): Promise<readonly NftTable[] | undefined> {
  let why: Outcome | undefined;
  const text = await answer(ask, ['nft', 'list', 'tables'], (outcome) => {
    why = outcome;
    return isUnseen(outcome) || isUnsupported(outcome);
  });
  if (text !== undefined) return understood('nft list tables', parse(text));
  if (!why || isUnsupported(why)) return NO_NFTABLES;
  if (isMissing(why)) return (await isNeeded(ask)) ? undefined : NO_NFTABLES;
  // An old nft crashes on sets written by a newer one (k/k#136786); it can still list chains.
  const chains = await answer(ask, ['nft', 'list', 'chains'], isUnseen);
  if (chains === undefined)
    throw new Error('nft crashes, so its tables cannot be listed: install an nft as new as the one that wrote them');
  return understood('nft list chains', parse(chains));
}

function isUnseen(outcome: Outcome): boolean {
  return isMissing(outcome) || isCrash(outcome);
}

/** The kernel has no nftables. */
function isUnsupported({ stderr }: Outcome): boolean {
  return /Protocol not supported|Protocol not available|Address family not supported/.test(stderr);
}

/** SIGSEGV or SIGABRT, as the exit code of a shell. */
export function isCrash({ code }: Outcome): boolean {
  return code === 139 || code === 134;
}

/** Whether the kernel has nftables, loaded or built in; without it there can be no tables. */
async function isNeeded(ask: Ask): Promise<boolean> {
  return (await ask(['grep', '-q', '-m', '1', 'nf_tables_newtable', '/proc/kallsyms'])).code !== 1;
}

/**
 * For each rule of an iptables-nft chain, whether it looks up a set or map, which iptables-nft-save leaves out; empty
 * when nft cannot say.
 */
export async function readLookups(ask: Ask, family: Family, table: string, chain: string): Promise<readonly boolean[]> {
  const argv = ['nft', '--json', 'list', 'chain', NFT_FAMILY[family], table, chain];
  const text = await answer(ask, argv, isUnseen);
  return text === undefined ? [] : understood(argv.join(' '), lookups(text));
}

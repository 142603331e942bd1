/**
 * read: what nft(8) says of a node. kube-proxy's nftables mode has tables of its own, which no iptables shows.
 */
import type { Family } from '../../ip.js';
import { type Ask, answer, isMissing, type Outcome, understood } from '../ask.js';
import { lookups } from './chain.js';
import { type NftTable, parse } from './tables.js';

export const NFT_FAMILY: Readonly<Record<Family, string>> = { ipv4: 'ip', ipv6: 'ip6' };

/** What a node has that has no nftables. */
export const NO_NFTABLES: readonly NftTable[] = [];

/** The tables there are; undefined when they cannot be seen, because nft is missing. Throws when it crashes. */
export async function readTables(ask: Ask): Promise<readonly NftTable[] | undefined> {
  let why: Outcome | undefined;
  const text = await answer(ask, ['nft', 'list', 'tables'], (outcome) => {
    why = outcome;
    return isUnseen(outcome) || isUnsupported(outcome);
  });
  if (text !== undefined) return understood('nft list tables', parse(text));
  if (!why || isUnsupported(why)) return NO_NFTABLES;
  if (isMissing(why)) return (await isNeeded(ask)) ? undefined : NO_NFTABLES;
  // An old nft crashes on the sets that a newer one wrote (k/k#136786); chains it can still list.
  const chains = await answer(ask, ['nft', 'list', 'chains'], isUnseen);
  if (chains === undefined)
    throw new Error('nft crashes, so nobody knows what tables there are: install one as new as what wrote them');
  return understood('nft list chains', parse(chains));
}

function isUnseen(outcome: Outcome): boolean {
  return isMissing(outcome) || isCrash(outcome);
}

/** The kernel has no nftables. */
function isUnsupported({ stderr }: Outcome): boolean {
  return /Protocol not supported|Protocol not available|Address family not supported/.test(stderr);
}

/** SIGSEGV or SIGABRT; a shell between us and nft makes them exit codes. */
export function isCrash({ code }: Outcome): boolean {
  return code === 139 || code === 134;
}

/** Where the kernel has no nftables, loaded or built in, nothing can have tables. */
async function isNeeded(ask: Ask): Promise<boolean> {
  return (await ask(['grep', '-q', '-m', '1', 'nf_tables_newtable', '/proc/kallsyms'])).code !== 1;
}

/**
 * For each rule of a chain of iptables-nft whether it looks into a set or map, which iptables-nft-save leaves out; none is
 * known to when nft cannot say.
 */
export async function readLookups(ask: Ask, family: Family, table: string, chain: string): Promise<readonly boolean[]> {
  const argv = ['nft', '--json', 'list', 'chain', NFT_FAMILY[family], table, chain];
  const text = await answer(ask, argv, isUnseen);
  return text === undefined ? [] : understood(argv.join(' '), lookups(text));
}

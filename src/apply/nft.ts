/**
 * Nft: what nft(8) says of a node. kube-proxy's nftables mode has tables of its own, which no iptables shows.
 */
import type { Family } from '../ip.js';
import { lookups } from '../tools/nft/chain.js';
import { type NftTable, parse } from '../tools/nft/tables.js';
import { ask, isMissing, understood } from './ask.js';
import type { Host, Outcome } from './host.js';

export const NFT_FAMILY: Readonly<Record<Family, string>> = { ipv4: 'ip', ipv6: 'ip6' };

/** What a node has that has no nftables. */
export const NO_NFTABLES: readonly NftTable[] = [];

/** The tables there are; undefined when they cannot be seen, because nft is missing. Throws when it crashes. */
export async function readTables(host: Host): Promise<readonly NftTable[] | undefined> {
  let why: Outcome | undefined;
  const answer = await ask(host, ['nft', 'list', 'tables'], (outcome) => {
    why = outcome;
    return isUnseen(outcome) || isUnsupported(outcome);
  });
  if (answer !== undefined) return understood('nft list tables', parse(answer));
  if (!why || isUnsupported(why)) return NO_NFTABLES;
  if (isMissing(why)) return (await isNeeded(host)) ? undefined : NO_NFTABLES;
  // An old nft crashes on the sets that a newer one wrote (k/k#136786); chains it can still list.
  const chains = await ask(host, ['nft', 'list', 'chains'], isUnseen);
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

/** Where the kernel has no nftables, loaded or built in, nobody can have tables. */
async function isNeeded(host: Host): Promise<boolean> {
  return (await host.run(['grep', '-q', '-m', '1', 'nf_tables_newtable', '/proc/kallsyms'])).code !== 1;
}

/**
 * For each rule of a chain of iptables-nft whether it looks into a set or map, which iptables-nft-save leaves out; none is
 * known to when nft cannot say.
 */
export async function readLookups(
  host: Host,
  family: Family,
  table: string,
  chain: string,
): Promise<readonly boolean[]> {
  const argv = ['nft', '--json', 'list', 'chain', NFT_FAMILY[family], table, chain];
  const answer = await ask(host, argv, isUnseen);
  return answer === undefined ? [] : understood(argv.join(' '), lookups(answer));
}

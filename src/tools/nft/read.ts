/**
 * read: what nft(8) reports about a node: the names of all tables, and the content of ours. Foreign ones are never
 * listed: that could take long, and an old nft may crash on them.
 */
import type { Family } from '../../ip.js';
import { type Ask, answer, failure, isMissing, type Outcome, understood } from '../ask.js';
import { lookups } from './chain.js';
import { crashSentence, isCrash, NEWER_NFT } from './crash.js';
import { parse } from './parse.js';
import { parseTableNames } from './tables.js';
import { NFT_FAMILY, type Table, type TableName } from './types.js';

/** The result on a node without nftables. */
export const NO_NFTABLES: readonly TableName[] = [];

/** The existing tables; undefined when nft is missing. Throws when nft crashes so badly that it cannot name them. */
export async function readTables(ask: Ask, nft = 'nft'): Promise<readonly TableName[] | undefined> {
  const short = await readTablesShortly(ask, nft);
  if (short.length > 0) return short;
  let why: Outcome | undefined;
  const text = await answer(ask, [nft, 'list', 'tables'], (outcome) => {
    why = outcome;
    return isUnseen(outcome) || isUnsupported(outcome);
  });
  if (text !== undefined) return understood('nft list tables', parseTableNames(text));
  if (!why || isUnsupported(why)) return NO_NFTABLES;
  if (isMissing(why)) return (await isNeeded(ask)) ? undefined : NO_NFTABLES;
  // An old nft that crashes on the sets of a newer one can still list chains.
  const chains = await answer(ask, [nft, 'list', 'chains'], isUnseen);
  if (chains === undefined) throw new Error(`${nft} crashes, so its tables cannot be listed: ${NEWER_NFT}`);
  return understood('nft list chains', parseTableNames(chains));
}

/**
 * The existing tables, or none when this way does not tell. To list tables, nft 1.0.6 reads all their rules: 2 s of CPU
 * with 85,000. It lists flowtables below each table, whether or not it has any, and reads nothing else for that.
 */
async function readTablesShortly(ask: Ask, nft: string): Promise<readonly TableName[]> {
  const text = await answer(ask, [nft, 'list', 'flowtables'], () => true);
  const { value, diagnostics } = parseTableNames(text ?? '');
  return diagnostics.length === 0 ? value : [];
}

/**
 * The tables that are ours; undefined when nft is missing. They have no content where nft cannot list them; with it
 * `needed`, that is an error.
 */
export async function readOurs(
  ask: Ask,
  nft: string,
  isOurs: (table: TableName) => boolean,
  needed: boolean,
): Promise<readonly Table[] | undefined> {
  const names = await readTables(ask, nft);
  if (names === undefined && needed) throw new Error(`${nft} is missing: install nftables, 1.0.1 or newer`);
  const tables = await Promise.all((names?.filter(isOurs) ?? []).map((name) => readTable(ask, nft, name)));
  const unseen = tables.find((each) => each?.unseen)?.unseen;
  if (needed && unseen) throw new Error(isCrash(unseen) ? await crashSentence(ask, nft) : failure(nft, unseen));
  return names && tables.flatMap((each) => each?.table ?? []);
}

/** All tables with their content, to follow packets through them; `problem` says why there are none. */
export async function readRuleset(
  ask: Ask,
  nft: string,
): Promise<{ readonly tables: readonly Table[]; readonly problem?: string }> {
  const argv = [nft, 'list', 'ruleset'];
  let why: Outcome | undefined;
  const text = await answer(ask, argv, (outcome) => {
    why = outcome;
    return isUnseen(outcome) || isUnsupported(outcome);
  });
  if (text !== undefined) return { tables: understood(argv.join(' '), parse(text)) };
  return { tables: [], ...(why && isCrash(why) && { problem: await crashSentence(ask, nft) }) };
}

/** Undefined when it is not there any more. */
async function readTable(
  ask: Ask,
  nft: string,
  { family, name }: TableName,
): Promise<{ readonly table: Table; readonly unseen?: Outcome } | undefined> {
  const argv = [nft, 'list', 'table', family, name];
  let why: Outcome | undefined;
  const text = await answer(ask, argv, (outcome) => {
    why = outcome;
    return isUnseen(outcome) || /No such file or directory/.test(outcome.stderr);
  });
  if (text === undefined)
    return why && isUnseen(why) ? { table: { family, name, sets: [], chains: [] }, unseen: why } : undefined;
  const [table] = understood(argv.join(' '), parse(text));
  if (!table) throw new Error(`${argv.join(' ')} prints no table`);
  return { table };
}

function isUnseen(outcome: Outcome): boolean {
  return isMissing(outcome) || isCrash(outcome);
}

/** The kernel has no nftables. */
function isUnsupported({ stderr }: Outcome): boolean {
  return /Protocol not supported|Protocol not available|Address family not supported/.test(stderr);
}

/** Whether the kernel has nftables, loaded or built in; without it there can be no tables. */
async function isNeeded(ask: Ask): Promise<boolean> {
  return (await ask(['grep', '-q', '-m', '1', 'nf_tables_newtable', '/proc/kallsyms'])).code !== 1;
}

/**
 * For each rule of an iptables-nft chain, whether it looks up a set or map, which iptables-nft-save leaves out; empty
 * when nft cannot say.
 */
export async function readLookups(
  ask: Ask,
  family: Family,
  table: string,
  chain: string,
  nft = 'nft',
): Promise<readonly boolean[]> {
  const argv = [nft, '--json', 'list', 'chain', NFT_FAMILY[family], table, chain];
  const text = await answer(ask, argv, isUnseen);
  return text === undefined ? [] : understood(argv.join(' '), lookups(text));
}

/**
 * read: the complete output of iptables-save, for each family that the node has.
 */
import { FAMILIES, type Family } from '../../ip.js';
import { type Ask, answer, FORBIDDEN, isMissing, type Outcome, understood } from '../ask.js';
import type { Iptables } from '../detected.js';
import { NO_NFTABLES, readTables } from '../nft/read.js';
import { NFT_FAMILY, type TableName } from '../nft/types.js';
import { parse, type SavedRuleSet } from './parse.js';

/** The tables that hold our rules. */
const TABLES = ['filter', 'nat'] as const;

/** The rules of each family; a family that the node lacks has none. Throws when they cannot be read whole. */
export async function readRules(ask: Ask, iptables: Iptables, nft?: string): Promise<readonly SavedRuleSet[]> {
  const read = await Promise.all(FAMILIES.map((family) => readFamily(ask, iptables, family, nft)));
  return read.flatMap((ruleSet) => ruleSet ?? []);
}

async function readFamily(
  ask: Ask,
  iptables: Iptables,
  family: Family,
  nft: string | undefined,
): Promise<SavedRuleSet | undefined> {
  const tool = `${iptables.program[family]}-save`;
  for (let reads = 1; ; reads++) {
    const text = await answer(ask, [tool], isAbsent);
    if (text === undefined) return undefined;
    const ruleSet = understood(tool, parse(text, family));
    const hidden = TABLES.find((table) => ruleSet.hidden?.includes(table));
    if (hidden !== undefined) throw new Error(`${tool}: ${HIDDEN(hidden, NFT_FAMILY[family])}`);
    const missing = TABLES.filter((table) => ruleSet.tables.every(({ name }) => name !== table));
    const lost = missing.length === 0 ? undefined : await findTable(ask, iptables, family, missing, nft);
    if (lost === undefined) return ruleSet;
    // The table may have been created between the two reads.
    if (reads === 2) throw new Error(`${tool} leaves out table ${lost}, which is there`);
  }
}

const HIDDEN = (table: string, family: string) =>
  `table ${table} holds nft rules that iptables cannot show, so nothing is changed (see: nft list table ${family} ${table})`;

/**
 * The tool is not installed, or the kernel lacks the protocol or the tables. After any other error there may be rules.
 */
function isAbsent(outcome: Outcome): boolean {
  return isMissing(outcome) || (!FORBIDDEN.test(outcome.stderr) && NO_SUCH.test(outcome.stderr));
}

const NO_SUCH =
  /Protocol not supported|Protocol not available|Address family not supported|Table does not exist|ip6?tables who\?|does not support IPv6/i;

/** The first of `tables` that exists in the kernel according to a source other than iptables-save. */
async function findTable(
  ask: Ask,
  { variant, program }: Iptables,
  family: Family,
  tables: readonly string[],
  nft: string | undefined,
): Promise<string | undefined> {
  if (variant === 'legacy') {
    const names = await answer(ask, ['cat', `/proc/net/${family === 'ipv4' ? 'ip' : 'ip6'}_tables_names`], () => true);
    return tables.find((table) => names?.split('\n').includes(table));
  }
  const there = await readTables(ask, nft);
  if (there)
    return tables.find((table) => there.some((each) => each.family === NFT_FAMILY[family] && each.name === table));
  for (const table of tables) {
    const { code } = await ask([program[family], '-t', table, '-S', 'KUBE-SERVICES']);
    if (code === 0) return table;
  }
  return undefined;
}

/**
 * The nft tables of a node that uses iptables-nft, whose tables are nft tables; undefined when nft cannot be asked.
 * Throws when nft omits one of them twice: after one read, it may have been created meanwhile.
 */
export async function readTablesBehind(
  ask: Ask,
  saved: readonly SavedRuleSet[],
  nft?: string,
): Promise<readonly TableName[] | undefined> {
  const tables = await readTables(ask, nft);
  const lost = leftOut(saved, tables) && leftOut(saved, await readTables(ask, nft));
  if (lost) throw new Error(`nft list tables leaves out table ${lost}, which iptables shows`);
  return tables;
}

function leftOut(saved: readonly SavedRuleSet[], tables: readonly TableName[] | undefined): string | undefined {
  if (!tables || tables === NO_NFTABLES) return undefined;
  const there = new Set(tables.map(({ family, name }) => `${family} ${name}`));
  const shown = saved.flatMap(({ family, tables }) => tables.map(({ name }) => `${NFT_FAMILY[family]} ${name}`));
  return shown.find((name) => !there.has(name));
}

/**
 * Read rules: what iptables-save prints, whole, of each family that a node has.
 */
import { FAMILIES, type Family } from '../ip.js';
import { parse, type SavedRuleSet } from '../tools/iptables/parse.js';
import { ask, FORBIDDEN, isMissing, understood } from './ask.js';
import type { Host, Outcome } from './host.js';
import { NFT_FAMILY, readTables } from './nft.js';
import type { Iptables } from './probe.js';

/** The tables that ours are in. */
const TABLES = ['filter', 'nat'] as const;

/** The rules of each family; a family that the node lacks has none. Throws when they cannot be read whole. */
export async function readRules(host: Host, iptables: Iptables): Promise<readonly SavedRuleSet[]> {
  const read = await Promise.all(FAMILIES.map((family) => readFamily(host, iptables, family)));
  return read.flatMap((ruleSet) => ruleSet ?? []);
}

async function readFamily(host: Host, iptables: Iptables, family: Family): Promise<SavedRuleSet | undefined> {
  const tool = `${iptables.program[family]}-save`;
  for (let reads = 1; ; reads++) {
    const text = await ask(host, [tool], isAbsent);
    if (text === undefined) return undefined;
    const ruleSet = understood(tool, parse(text, family));
    const hidden = TABLES.find((table) => ruleSet.hidden?.includes(table));
    if (hidden !== undefined) throw new Error(`${tool}: ${HIDDEN(hidden, NFT_FAMILY[family])}`);
    const missing = TABLES.filter((table) => ruleSet.tables.every(({ name }) => name !== table));
    const lost = missing.length === 0 ? undefined : await findTable(host, iptables, family, missing);
    if (lost === undefined) return ruleSet;
    // It may have been made just now.
    if (reads === 2) throw new Error(`${tool} leaves out table ${lost}, which is there`);
  }
}

const HIDDEN = (table: string, family: string) =>
  `table ${table} holds rules of nft that iptables cannot show, so nothing is changed (see: nft list table ${family} ${table})`;

/**
 * Neither the tool is there, or the kernel has no such protocol or tables. Whatever else is wrong, there may be rules.
 */
function isAbsent(outcome: Outcome): boolean {
  return isMissing(outcome) || (!FORBIDDEN.test(outcome.stderr) && NO_SUCH.test(outcome.stderr));
}

const NO_SUCH =
  /Protocol not supported|Protocol not available|Address family not supported|Table does not exist|ip6?tables who\?|does not support IPv6/i;

/** Which of `tables` others than iptables-save say the kernel has. */
async function findTable(
  host: Host,
  { variant, program }: Iptables,
  family: Family,
  tables: readonly string[],
): Promise<string | undefined> {
  if (variant === 'legacy') {
    const names = await ask(host, ['cat', `/proc/net/${family === 'ipv4' ? 'ip' : 'ip6'}_tables_names`], () => true);
    return tables.find((table) => names?.split('\n').includes(table));
  }
  const there = await readTables(host);
  if (there)
    return tables.find((table) => there.some((each) => each.family === NFT_FAMILY[family] && each.name === table));
  for (const table of tables) {
    const { code } = await host.run([program[family], '-t', table, '-S', 'KUBE-SERVICES']);
    if (code === 0) return table;
  }
  return undefined;
}

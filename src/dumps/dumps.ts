/**
 * dumps: the output of iptables-save, ip6tables-save, nft list ruleset, ipset save, ipvsadm --save -n and ip -json
 * address on a node, with rules of any program → the input of the evaluator. `vipc compile -o` writes such files too.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { FAMILIES, parseIp } from '../ip.js';
import { parse as parseLinks } from '../tools/addresses/parse.js';
import type { Link } from '../tools/addresses/types.js';
import type { Variant } from '../tools/detected.js';
import { parse as parseSets, type SavedSets } from '../tools/ipset/parse.js';
import { parse as parseRules, type SavedRuleSet } from '../tools/iptables/parse.js';
import { parse as parseIpvs, type SavedIpvs } from '../tools/ipvs/parse.js';
import { parse as parseNft } from '../tools/nft/parse.js';
import { parseJson as parseNftJson } from '../tools/nft/parse-json.js';
import type { Table as NftTable } from '../tools/nft/types.js';
import { parse as parseRelay } from '../tools/relay/parse.js';
import type { Listener } from '../tools/relay/types.js';
import { partsOf } from './families.js';
import { kindOf } from './kind.js';
import { type NodeParts, nodeOf, type ReadNode } from './node.js';

export interface DumpText {
  readonly name: string;
  readonly text: string;
}

/** The node that the dumps describe; text that cannot be read is an error that names the dump and the line. */
export function readDumps(texts: readonly DumpText[]): Checked<ReadNode> {
  const diagnostics: Diagnostic[] = [];
  const read: Read = { rules: [], nft: [], sets: [], ipvs: [], listeners: [], links: [], bound: [], said: diagnostics };
  for (const dump of texts) {
    const kind = kindOf(dump);
    diagnostics.push(...kind.diagnostics);
    READERS[kind.value](read, { ...dump, text: dump.text.replace(/^\uFEFF/, '') });
  }
  if (diagnostics.length === 0 && read.rules.length + read.nft.length + read.ipvs.length === 0)
    diagnostics.push({
      code: 'no-rules',
      severity: 'error',
      message: `there are no rules in ${texts.map(({ name }) => name).join(', ') || 'nothing'}`,
      hint: 'iptables-save, ip6tables-save, nft list ruleset and ipvsadm --save -n print them',
    });
  const node = nodeOf({
    ...variantsOf(read),
    nftTables: nftTablesOf(read),
    sets: { sets: read.sets.flatMap(({ sets }) => sets), others: read.sets.flatMap(({ others }) => others) },
    ipvs: {
      virtualServers: read.ipvs.flatMap(({ virtualServers }) => virtualServers),
      others: read.ipvs.flatMap(({ others }) => others),
    },
    listeners: read.listeners,
    links: read.links.length === 0 ? undefined : read.links.flat(),
    bound: read.bound,
  });
  return { value: node.value, diagnostics: [...diagnostics, ...node.diagnostics] };
}

interface Read {
  readonly rules: ReadRules[];
  readonly nft: { readonly name: string; readonly table: NftTable }[];
  readonly sets: SavedSets[];
  readonly ipvs: SavedIpvs[];
  readonly listeners: Listener[];
  readonly links: (readonly Link[])[];
  /** Addresses from `address add` lines of an ip -batch file, and from ip -oneline address. */
  readonly bound: string[];
  readonly said: Diagnostic[];
}

/** The rules of one family in a dump. */
interface ReadRules {
  readonly name: string;
  readonly variant: Variant | undefined;
  readonly ruleSet: SavedRuleSet;
}

const READERS: Readonly<Record<ReturnType<typeof kindOf>['value'], (read: Read, dump: DumpText) => void>> = {
  iptables(read, { name, text }) {
    for (const { family, variant, text: part } of partsOf(name, text))
      read.rules.push({ name, variant, ruleSet: take(read, name, parseRules(part, family)) });
  },
  nft(read, { name, text }) {
    const parse = text.trimStart().startsWith('{') ? parseNftJson : parseNft;
    for (const table of take(read, name, parse(text))) read.nft.push({ name, table });
  },
  ipset: (read, { name, text }) => void read.sets.push(take(read, name, parseSets(text))),
  ipvs: (read, { name, text }) => void read.ipvs.push(take(read, name, parseIpvs(text))),
  relay: (read, { name, text }) => void read.listeners.push(...take(read, name, parseRelay(text))),
  links: (read, { name, text }) => void read.links.push(take(read, name, parseLinks(text))),
  bound(read, { text }) {
    for (const [, address = ''] of text.matchAll(/^(?:address add|(?:\d+: )?\S+ +inet6?) ([\da-f.:]+)/gm)) {
      const ip = parseIp(address);
      if (ip) read.bound.push(ip.text);
    }
  },
  nothing: () => undefined,
};

/** The value; its diagnostics are collected, each with the name of the dump: at its place, or before the message. */
function take<T>({ said }: Read, name: string, { value, diagnostics }: Checked<T>): T {
  for (const each of diagnostics) {
    const { origin, message } = each;
    if (origin) said.push({ ...each, origin: { ...origin, source: { ...origin.source, name } } });
    else said.push({ ...each, message: `${name}: ${message}` });
  }
  return value;
}

/** The rules by variant of iptables: `ruleSets` of the one that has more, `beside` of the other if there is one. */
function variantsOf({ rules, said }: Read): Pick<NodeParts, 'ruleSets' | 'beside'> {
  const count = (wanted: Variant) =>
    rules.reduce((sum, { variant, ruleSet }) => sum + (variant === wanted ? linesIn(ruleSet) : 0), 0);
  const other: Variant = count('legacy') > count('nft') ? 'nft' : 'legacy';
  const isBeside = ({ variant }: ReadRules) => variant === other && rules.some((each) => each.variant !== other);
  const ruleSets = joined(
    rules.filter((each) => !isBeside(each)),
    said,
  );
  const beside = joined(rules.filter(isBeside), said);
  return { ruleSets, ...(beside.length > 0 && { beside: { variant: other, ruleSets: beside } }) };
}

function linesIn({ tables }: SavedRuleSet): number {
  return tables.flatMap(({ chains }) => chains).reduce((sum, { lines }) => sum + lines.length, 0);
}

/** One rule set for each family; each table may be in a dump of its own, but in one dump only. */
function joined(rules: readonly ReadRules[], said: Diagnostic[]): readonly SavedRuleSet[] {
  return FAMILIES.flatMap((family) => {
    const own = rules.filter(({ ruleSet }) => ruleSet.family === family);
    const from = new Map<string, string>();
    for (const { name, ruleSet } of own) {
      for (const { name: table } of ruleSet.tables) {
        const other = from.get(table);
        if (other !== undefined)
          said.push(tableTwice(name, other, `${table} of ${family === 'ipv4' ? 'iptables' : 'ip6tables'}`));
        from.set(table, name);
      }
    }
    const tables = own.flatMap(({ ruleSet }) => ruleSet.tables);
    const hidden = own.flatMap(({ ruleSet }) => ruleSet.hidden ?? []);
    return own.length > 0 ? [{ family, tables, hidden }] : [];
  });
}

/** The tables of nftables; each is there once, as in the kernel. */
function nftTablesOf({ nft, said }: Read): readonly NftTable[] {
  const from = new Map<string, string>();
  for (const { name, table } of nft) {
    const key = `${table.family} ${table.name}`;
    const other = from.get(key);
    if (other !== undefined) said.push(tableTwice(name, other, key));
    from.set(key, name);
  }
  return nft.map(({ table }) => table);
}

function tableTwice(name: string, other: string, table: string): Diagnostic {
  const message = other === name ? `${name} has table ${table} twice` : `${name} and ${other} both have table ${table}`;
  const hint = 'name the dumps of one node, and of one moment';
  return { code: 'table-twice', severity: 'error', message, hint };
}

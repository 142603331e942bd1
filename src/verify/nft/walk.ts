/**
 * walk: the rules of nftables that packets to one destination can reach, chain by chain from the base chains.
 */
import { type Family, parseIp } from '../../ip.js';
import { isLocal, type NodeRules } from '../../packet/node.js';
import { printExpression, printStatement } from '../../tools/nft/print.js';
import {
  type Chain,
  type Element,
  type Expression,
  type MapReference,
  NFT_FAMILY,
  type Rule,
  type Statement,
  type Table,
} from '../../tools/nft/types.js';
import { digest } from '../digest.js';
import type { Knowledge } from '../may.js';
import type { Tests } from '../tests.js';
import { listOf } from './lists.js';
import { mayHave, partsOf, roleOf } from './roles.js';
import { type IndexedSet, setsIn } from './sets.js';
import { addKeys, addValues } from './tests.js';

/** A table of one side, ready to be walked. */
export interface NftGround {
  readonly table: Table;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly sets: (name: string) => IndexedSet | undefined;
}

export function nftGroundsOf({ nftTables = [] }: NodeRules): readonly NftGround[] {
  return nftTables.map((table) => ({
    table,
    chains: new Map(table.chains.map((chain) => [chain.name, chain])),
    sets: setsIn(table),
  }));
}

/** Whether packets of a family see the table. */
export function isFor({ family }: Table, of: Family): boolean {
  return family === 'inet' || family === NFT_FAMILY[of];
}

/** What packets meet, and where it is collected. */
export interface Meeting {
  readonly node: NodeRules;
  readonly ownAddresses: string;
  readonly known: Knowledge;
  /** Absent: only the content is wanted. */
  readonly tests: Tests | undefined;
  readonly targets: Knowledge[];
  readonly unknown: string[];
}

/** Adds the content of the base chains that packets can reach to `parts`. */
export function walkNft(grounds: readonly NftGround[], meeting: Meeting, parts: string[]): void {
  for (const ground of grounds) {
    const { table } = ground;
    if (!isFor(table, meeting.known.destination.family)) continue;
    const walk: Walk = { ...meeting, ground, memo: new Map(), family: meeting.known.destination.family };
    for (const chain of table.chains) {
      const { base } = chain;
      const content = base ? contentOf(walk, chain.name, 0) : '';
      if (base && (content !== '' || base.policy === 'drop'))
        parts.push(`nft ${base.type} ${base.hook} ${base.priority} ${base.policy} ${content}`);
    }
  }
}

interface Walk extends Meeting {
  readonly ground: NftGround;
  readonly memo: Map<string, string>;
  readonly family: Family;
}

/** The kernel allows 16 jumps. */
const DEEPEST = 64;

/** A digest of the rules of a chain that packets can reach; `''` if there are none. */
function contentOf(walk: Walk, name: string, depth: number): string {
  const before = walk.memo.get(name);
  if (before !== undefined) return before;
  const chain = walk.ground.chains.get(name);
  if (!chain || depth > DEEPEST) {
    walk.unknown.push(`no chain ${name}`);
    return `no ${name}`;
  }
  const texts = chain.rules().flatMap((rule) => textsOf(walk, rule, depth));
  const content = texts.length === 0 ? '' : digest(texts.join('\n'));
  walk.memo.set(name, content);
  return content;
}

/** The rule without comments and names of chains and sets; nothing if packets cannot reach its end, or it has no effect. */
function textsOf(walk: Walk, { statements }: Rule, depth: number): readonly string[] {
  if (!statements.every((statement) => mayPass(walk, statement))) return [];
  const texts = statements.flatMap((statement) => textOf(walk, statement, depth));
  // A jump to a chain without reachable rules has no effect; neither have conditions alone.
  return texts.some(({ acts }) => acts) ? [texts.map(({ text }) => text).join(' ')] : [];
}

function mayPass({ known, node, ground }: Walk, statement: Statement): boolean {
  switch (statement.kind) {
    case 'match': {
      const { left, operator, values } = statement;
      if (left.kind === 'fib' && left.flags.join() === 'daddr' && values.join() === 'local')
        return isLocal(node, known.destination) === (operator === '==');
      if (operator === '==') return mayHave(left, values, known);
      return (
        operator !== '!=' || roleOf(left) !== 'destination' || !values.some((each) => each === known.destination.text)
      );
    }
    case 'lookup': {
      const set = ground.sets(statement.set);
      if (!set || set.isDynamic || statement.not) return true;
      return set.candidates(statement.left, known).length > 0;
    }
    case 'vmap':
      return elementsOf(statement, { known, ground })?.length !== 0;
    default:
      return true;
  }
}

/** A lookup in a map. */
interface Lookup {
  readonly key: Expression;
  readonly map: MapReference;
}

/** The elements of a map that packets may have; undefined if the map is not there, or is the packets' own. */
function elementsOf(
  { key, map }: Lookup,
  { known, ground }: Pick<Walk, 'known' | 'ground'>,
): readonly Element[] | undefined {
  if (map.kind === 'inline') return map.entries;
  const set = ground.sets(map.name);
  return set && !set.isDynamic ? set.candidates(key, known) : undefined;
}

interface Text {
  readonly text: string;
  /** Whether the statement does anything to a packet. */
  readonly acts: boolean;
}

function textOf(walk: Walk, statement: Statement, depth: number): readonly Text[] {
  const { ground, tests, unknown, family } = walk;
  const print = () => printStatement(statement, ground.table.family);
  switch (statement.kind) {
    case 'neutral':
      return [];
    case 'match':
      if (tests) addValues(statement.left, statement.values, family, tests);
      if (isUnknown(statement.left)) unknown.push(print());
      return [{ text: print() + (statement.left.kind === 'fib' ? ` ${walk.ownAddresses}` : ''), acts: false }];
    case 'lookup':
      return [{ text: lookupText(walk, statement), acts: false }];
    case 'vmap':
      return [verdictMapText(walk, statement, depth)];
    case 'verdict':
      return [verdictText(walk, statement.verdict, depth)];
    case 'dnat':
      return [{ text: natText(walk, statement), acts: true }];
    case 'set':
      return [
        { text: `${statement.operation} ${listOf(statement.set)} ${timeoutOf(walk, statement.set)}`, acts: true },
      ];
    case 'unknown':
      unknown.push(statement.text);
      return [{ text: statement.text, acts: true }];
    default:
      return [{ text: print(), acts: true }];
  }
}

function isUnknown(expression: Expression): boolean {
  return partsOf(expression).some((part) => roleOf(part) === 'unknown');
}

function timeoutOf({ ground }: Walk, set: string): string {
  return `${ground.sets(set)?.named.timeout ?? ''}`;
}

function lookupText(walk: Walk, { left, not, set: name }: Extract<Statement, { kind: 'lookup' }>): string {
  const { ground, known, tests, family, unknown } = walk;
  const set = ground.sets(name);
  if (!set) {
    unknown.push(`set ${name}`);
    return `@${name}`;
  }
  if (set.isDynamic) {
    const seconds = set.named.timeout ?? 0;
    if (tests) {
      const ages = tests.lists.get(listOf(name)) ?? new Set();
      tests.lists.set(listOf(name), ages.add(seconds).add(seconds + 1));
    }
    return `${not ? 'not ' : ''}remembered ${listOf(name)} ${seconds}`;
  }
  const found = set.candidates(left, known);
  if (tests) addKeys(left, found, family, tests);
  if (isUnknown(left)) unknown.push(printExpression(left));
  const keys = found.map(({ key }) => key).sort();
  return `${printExpression(left)} ${not ? 'not ' : ''}in ${keys.join(', ')}`;
}

function verdictMapText(walk: Walk, statement: Extract<Statement, { kind: 'vmap' }>, depth: number): Text {
  const found = mapElements(walk, statement);
  const texts = found.map(({ key, data = '' }) => {
    const [, word = '', chain] = /^(jump|goto) (.+)$/.exec(data) ?? [];
    return `${key} : ${chain === undefined ? data : `${word} ${contentOf(walk, chain, depth + 1)}`}`;
  });
  return { text: `${printExpression(statement.key)} vmap ${texts.sort().join(', ')}`, acts: texts.length > 0 };
}

function mapElements(walk: Walk, { key, map }: Lookup): readonly Element[] {
  const { tests, family, unknown } = walk;
  const found = elementsOf({ key, map }, walk);
  if (!found) unknown.push(map.kind === 'named' ? `map ${map.name}` : 'map');
  if (isUnknown(key)) unknown.push(printExpression(key));
  if (tests) addKeys(key, found ?? [], family, tests);
  return found ?? [];
}

function verdictText(walk: Walk, verdict: Extract<Statement, { kind: 'verdict' }>['verdict'], depth: number): Text {
  if (verdict.kind !== 'jump' && verdict.kind !== 'goto') return { text: verdict.kind, acts: true };
  const content = contentOf(walk, verdict.chain, depth + 1);
  return { text: `${verdict.kind} ${content}`, acts: content !== '' || verdict.kind === 'goto' };
}

function natText(walk: Walk, { to }: Extract<Statement, { kind: 'dnat' }>): string {
  switch (to.kind) {
    case 'address':
      addTarget(walk, to.ip, to.port);
      return `dnat ${to.ip} ${to.port}`;
    case 'map': {
      const texts = mapElements(walk, to).map(({ key, data = '' }) => {
        const [ip, port] = data.split(' . ');
        addTarget(walk, ip, port === undefined ? undefined : Number(port));
        return `${key} : ${data}`;
      });
      return `dnat ${printExpression(to.key)} ${texts.sort().join(', ')}`;
    }
    case 'unknown':
      walk.unknown.push(to.text);
      return `dnat ${to.text}`;
  }
}

function addTarget({ targets, known }: Walk, address: string | undefined, port: number | undefined): void {
  const destination = address === undefined ? known.destination : parseIp(address);
  if (destination) targets.push({ destination, protocol: known.protocol, port: port ?? known.port });
}

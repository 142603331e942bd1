/**
 * texts: the statements of a rule as texts without names of chains and sets: what they test, look up and do, for packets
 * of one destination.
 */
import { type Family, parseIp } from '../../ip.js';
import { isRest } from '../../packet/nft/elements.js';
import { rewrittenHeader } from '../../packet/nft/rewrites.js';
import { isOfRoutes } from '../../packet/nft/values.js';
import type { NodeRules } from '../../packet/node.js';
import { printExpression, printStatement, type RuleContext } from '../../tools/nft/print-rule.js';
import type { Chain, Element, Expression, MapReference, NatTarget, Statement, Table } from '../../tools/nft/types.js';
import type { Knowledge } from '../may.js';
import type { Tests } from '../tests.js';
import { listOf } from './lists.js';
import { partsOf, roleOf } from './roles.js';
import type { IndexedSet } from './sets.js';
import { addKeys, addValues } from './tests.js';

/** A table of one side, ready to be walked. */
export interface NftGround {
  readonly table: Table;
  readonly context: RuleContext;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly sets: (name: string) => IndexedSet | undefined;
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

/** A walk through one table. */
export interface Walk extends Meeting {
  readonly ground: NftGround;
  readonly family: Family;
  /** A digest of the rules of a chain that packets can reach; `''` if there are none. */
  readonly content: (chain: string, depth: number) => string;
}

/** A lookup in a map. */
interface Lookup {
  readonly key: Expression;
  readonly map: MapReference;
}

/** The elements of a map that packets may have; undefined if the map is not there, or is the packets' own. */
export function elementsOf(
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

export function textOf(walk: Walk, statement: Statement, depth: number): readonly Text[] {
  const { ground, tests, unknown, family } = walk;
  const print = () => printStatement(statement, ground.context);
  switch (statement.kind) {
    case 'neutral':
      return [];
    case 'match':
      if (tests) addValues(statement.left, statement.values, family, tests);
      if (isUnknown(statement.left) || asksForRoutes(statement)) unknown.push(print());
      return [{ text: print() + (asksForOwn(statement.left) ? ` ${walk.ownAddresses}` : ''), acts: false }];
    case 'lookup':
      return [{ text: lookupText(walk, statement), acts: false }];
    case 'vmap':
      return [verdictMapText(walk, statement, depth)];
    case 'verdict':
      return [verdictText(walk, statement.verdict, depth)];
    case 'dnat':
      return [{ text: natText(walk, statement.to), acts: true }];
    case 'set':
      return [
        { text: `${statement.operation} ${listOf(statement.set)} ${timeoutOf(walk, statement.set)}`, acts: true },
      ];
    case 'unknown': {
      const header = rewrittenHeader(statement.text);
      if (header === 'tcp') tests?.protocols.add(header);
      if (header !== undefined) return [{ text: statement.text, acts: false }];
      unknown.push(statement.text);
      return [{ text: statement.text, acts: true }];
    }
    default:
      return [{ text: print(), acts: true }];
  }
}

function isUnknown(expression: Expression): boolean {
  return partsOf(expression).some((part) => roleOf(part) === 'unknown');
}

/** Whether a rule asks for a type of address that routes tell. */
function asksForRoutes({ left, values }: Extract<Statement, { kind: 'match' }>): boolean {
  return left.kind === 'fib' && left.result === 'type' && values.some(isOfRoutes);
}

/** Whether elements have a type of address that routes tell. */
function hasRouteTypes(key: Expression, elements: readonly Element[]): boolean {
  const place = partsOf(key).findIndex((part) => part.kind === 'fib' && part.result === 'type');
  return place >= 0 && elements.some((each) => !isRest(each) && isOfRoutes(each.key.split(' . ')[place] ?? ''));
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
  if (isUnknown(left) || hasRouteTypes(left, found)) unknown.push(printExpression(left));
  const keys = found.map(({ key }) => key).sort();
  return `${printExpression(left)} ${not ? 'not ' : ''}in ${keys.join(', ')}`;
}

function verdictMapText(walk: Walk, statement: Extract<Statement, { kind: 'vmap' }>, depth: number): Text {
  const found = mapElements(walk, statement);
  const texts = found.map(({ key, data = '' }) => {
    const [, word = '', chain] = /^(jump|goto) (.+)$/.exec(data) ?? [];
    return `${key} : ${chain === undefined ? data : `${word} ${walk.content(chain, depth + 1)}`}`;
  });
  return { text: `${printExpression(statement.key)} vmap ${texts.sort().join(', ')}`, acts: texts.length > 0 };
}

function mapElements(walk: Walk, { key, map }: Lookup): readonly Element[] {
  const { tests, family, unknown } = walk;
  const found = elementsOf({ key, map }, walk);
  if (!found) unknown.push(map.kind === 'named' ? `map ${map.name}` : 'map');
  if (isUnknown(key) || hasRouteTypes(key, found ?? [])) unknown.push(printExpression(key));
  if (tests) addKeys(key, found ?? [], family, tests);
  return found ?? [];
}

function verdictText(walk: Walk, verdict: Extract<Statement, { kind: 'verdict' }>['verdict'], depth: number): Text {
  if (verdict.kind !== 'jump' && verdict.kind !== 'goto') return { text: verdict.kind, acts: true };
  const content = walk.content(verdict.chain, depth + 1);
  return { text: `${verdict.kind} ${content}`, acts: content !== '' || verdict.kind === 'goto' };
}

function natText(walk: Walk, to: NatTarget): string {
  switch (to.kind) {
    case 'address':
      addTarget(walk, to.ip, to.port);
      return `dnat ${to.ip} ${to.port}`;
    case 'map': {
      const ports = to.port ? mapElements(walk, to.port) : undefined;
      const found = mapElements(walk, to);
      const portsFor = to.port && ports ? portsBeside(to, to.port, ports) : undefined;
      for (const { key, data = '' } of found) {
        const [ip, own] = data.split(' . ');
        for (const port of portsFor?.(key) ?? [own]) addTarget(walk, ip, port === undefined ? undefined : Number(port));
      }
      return `dnat ${mapText(to, found)}${to.port && ports ? ` : ${mapText(to.port, ports)}` : ''}`;
    }
    case 'unknown':
      walk.unknown.push(to.text);
      return `dnat ${to.text}`;
  }
}

/** The ports that packets can get with an address: those of keys that agree in the fields that both keys have. */
function portsBeside(
  address: Lookup,
  port: Lookup,
  ports: readonly Element[],
): (key: string) => readonly (string | undefined)[] {
  const [own, other] = [address, port].map(({ key }) => partsOf(key).map(printExpression));
  const common = (own ?? []).filter((part) => other?.includes(part));
  const commonOf = (key: string, parts: readonly string[] = []) => {
    const fields = key.split(' . ');
    return common.map((part) => fields[parts.indexOf(part)]).join(' . ');
  };
  const byCommon = new Map<string, (string | undefined)[]>();
  for (const { key, data } of ports) {
    const text = commonOf(key, other);
    const list = byCommon.get(text);
    if (list) list.push(data);
    else byCommon.set(text, [data]);
  }
  return (key) => byCommon.get(commonOf(key, own)) ?? [];
}

function mapText({ key }: Lookup, elements: readonly Element[]): string {
  const texts = elements.map((each) => `${each.key} : ${each.data ?? ''}`);
  return `${printExpression(key)} ${texts.sort().join(', ')}`;
}

function addTarget({ targets, known }: Walk, address: string | undefined, port: number | undefined): void {
  const destination = address === undefined ? known.destination : parseIp(address);
  if (destination) targets.push({ destination, protocol: known.protocol, port: port ?? known.port });
}

/** Whether the node's own addresses decide: what it sends to itself leaves by lo. */
function asksForOwn(left: Expression): boolean {
  return left.kind === 'fib' || (left.kind === 'meta' && /^oif/.test(left.key));
}

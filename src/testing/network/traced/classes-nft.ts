/**
 * classes-nft: rules of nftables → one packet for each class that they may treat differently, as classes.ts does for
 * iptables: the destinations, ports and sources that elements and matches have.
 */
import { type Family, type Ip, parseIp } from '../../../ip.js';
import type { Expression, MapReference, Statement, Table } from '../../../tools/nft/types.js';
import { classesTo, ip, type NamedClass, NODES, OWN, representatives, type Served, type Target } from './classes.js';

/** What a rule with one of its elements says of a packet. */
interface Hint {
  readonly destination?: Ip;
  readonly source?: Ip;
  readonly protocol?: string;
  readonly port?: number;
}

/** The classes for tables that packets of a family see. */
export function nftClassesOf(tables: readonly Table[], family: Family): readonly NamedClass[] {
  const hints: Hint[] = [];
  const endpoints: Target[] = [];
  for (const table of tables)
    for (const chain of table.chains)
      for (const { statements } of chain.rules()) {
        const own = hintsIn(statements, table);
        hints.push(...own);
        endpoints.push(...statements.flatMap((each) => endpointsOf(each, own, table)));
      }
  return classesTo(family, servedBy(hints, family), endpoints);
}

function servedBy(hints: readonly Hint[], family: Family): readonly Served[] {
  const found = new Map<string, Target>();
  for (const { destination, protocol = 'tcp', port } of hints) {
    if (!destination && port === undefined) continue;
    const nodes = !destination || OWN.has(destination.text) ? NODES[family].map(ip) : [];
    for (const to of [...(destination ? [destination] : []), ...nodes]) {
      const target = { destination: to, protocol, port: port ?? 80 };
      found.set(`${to.text} ${protocol} ${target.port}`, target);
    }
  }
  return [...found.values()].map((target) => ({ ...target, sources: sourcesFor(target, hints) }));
}

/** The sources in hints that do not contradict the target. */
function sourcesFor({ destination, protocol, port }: Target, hints: readonly Hint[]): readonly Ip[] {
  const fits = (hint: Hint) =>
    (hint.destination ?? destination).text === destination.text &&
    (hint.protocol ?? protocol) === protocol &&
    (hint.port ?? port) === port;
  const sources = hints.flatMap((hint) => (hint.source && fits(hint) ? [hint.source] : []));
  return [...new Map(sources.map((source) => [source.text, source])).values()];
}

/** What a rule says: each statement with each of its elements. */
function hintsIn(statements: readonly Statement[], table: Table): readonly Hint[] {
  let hints: readonly Hint[] = [{}];
  for (const statement of statements) {
    const own = hintsOf(statement, table);
    if (own.length > 0) hints = hints.flatMap((hint) => own.map((each) => ({ ...hint, ...each })));
  }
  return hints;
}

function hintsOf(statement: Statement, table: Table): readonly Hint[] {
  switch (statement.kind) {
    case 'match':
      return statement.values.flatMap((value) => hintOf(statement.left, value));
    case 'lookup':
      return keysOf({ kind: 'named', name: statement.set }, table).flatMap((key) => hintOf(statement.left, key));
    case 'vmap':
      return keysOf(statement.map, table).flatMap((key) => hintOf(statement.key, key));
    case 'dnat': {
      const { to } = statement;
      return to.kind === 'map' ? keysOf(to.map, table).flatMap((key) => hintOf(to.key, key)) : [];
    }
    default:
      return [];
  }
}

function entriesOf(map: MapReference, { sets }: Table) {
  if (map.kind === 'inline') return map.entries;
  const set = sets.find(({ name }) => name === map.name);
  return set && !set.flags.includes('dynamic') ? [...set.elements()] : [];
}

function keysOf(map: MapReference, table: Table): readonly string[] {
  return entriesOf(map, table).map(({ key }) => key);
}

/** What the value of an expression says; nothing if packets cannot have it. */
function hintOf(left: Expression, value: string): readonly Hint[] {
  const parts = left.kind === 'concat' ? left.parts : [left];
  const values = parts.length === 1 ? [value] : value.split(' . ');
  let hint: Hint = {};
  for (const [i, part] of parts.entries()) {
    const of = fieldHint(part, values[i] ?? '');
    if (!of) return [];
    hint = { ...hint, ...of };
  }
  return [hint];
}

function fieldHint(part: Expression, value: string): Hint | undefined {
  if (part.kind === 'meta' && part.key === 'l4proto') return { protocol: value };
  if (part.kind !== 'payload') return {};
  const { header, field } = part;
  const protocol = header === 'th' || header.startsWith('ip') ? {} : { protocol: header };
  if (field === 'dport') return { ...protocol, port: Number(/^\d+/.exec(value)?.[0] ?? 0) };
  if (field === 'protocol' || field === 'nexthdr') return { protocol: value };
  if (field !== 'saddr' && field !== 'daddr') return {};
  const [first = ''] = value.split('-');
  const [address] = representatives(first.includes('/') ? first : `${first}/${first.includes(':') ? 128 : 32}`);
  return address && { [field === 'saddr' ? 'source' : 'destination']: address };
}

/** Where a statement sends packets, with the protocol of its rule. */
function endpointsOf(statement: Statement, hints: readonly Hint[], table: Table): readonly Target[] {
  if (statement.kind !== 'dnat') return [];
  const { to } = statement;
  const protocol = hints.find((hint) => hint.protocol !== undefined)?.protocol ?? 'tcp';
  const texts =
    to.kind === 'map'
      ? entriesOf(to.map, table).map(({ data = '' }) => data)
      : to.kind === 'address' && to.ip !== undefined
        ? [`${to.ip} . ${to.port ?? 80}`]
        : [];
  return texts.flatMap((text) => {
    const [address = '', port = 80] = text.split(' . ');
    const destination = parseIp(address);
    return destination ? [{ destination, protocol, port: Number(port) }] : [];
  });
}

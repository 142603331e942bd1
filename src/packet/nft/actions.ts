/**
 * actions: the statements of a rule that change a packet, or decide about it.
 */
import { type Ip, parseIp } from '../../ip.js';
import type { Owner } from '../../owner.js';
import type { Element, Expression, MapReference, NatTarget, Statement, Verdict } from '../../tools/nft/types.js';
import { type Fraction, fraction, ONE } from '../fraction.js';
import { remarked } from '../marks.js';
import { addedTo, type Flow, isAdded } from '../packet.js';
import { redirected, translated } from '../targets.js';
import { type Find, indexElements, type Lookup, lookupOf } from './elements.js';
import type { KnownTable } from './known.js';

/** What a statement does with a share of the connections. */
export interface Effect {
  readonly share: Fraction;
  readonly flow: Flow;
  /**
   * `next`: the rule goes on; `leave`: the rule does not match after all; `unknown`: what it does is not known.
   */
  readonly to:
    | Verdict
    | { readonly kind: 'next' | 'leave' | 'reject' }
    | { readonly kind: 'unknown'; readonly text: string };
  /** The element that decided, as nft writes it. */
  readonly element?: string | undefined;
  readonly owner?: Owner | undefined;
}

export type Act = (flow: Flow) => readonly Effect[];

/** The action of a statement; undefined for one that only tests, and for one that is not known. */
export function actionOf(statement: Statement, text: string, known: KnownTable): Act | undefined {
  switch (statement.kind) {
    case 'match':
    case 'lookup':
    case 'unknown':
      return undefined;
    case 'vmap':
      return byMap(statement, text, known, readVerdict, (to, flow) => ({ flow, to }));
    case 'verdict':
      return (flow) => [{ share: ONE, flow, to: statement.verdict }];
    case 'mark': {
      const { mask, xor, target, from = target } = statement;
      const [field, source] = [MARK[target], MARK[from]];
      return (flow) => {
        // Of a connection from before the mark is not known: what a packet gets of it is said, not passed on.
        if (source !== field && flow[source] === undefined) return unknown(flow, text);
        return next({ ...flow, [field]: remarked(flow[source], mask, xor) });
      };
    }
    case 'masquerade':
      return (flow) => accept({ ...flow, sourceNat: 'masquerade' });
    case 'snat':
      if (statement.to.kind !== 'map') return (flow) => accept({ ...flow, sourceNat: 'snat' });
      return byMap(statement.to, text, known, String, (_, flow) => ({
        flow: { ...flow, sourceNat: 'snat' },
        to: ACCEPT,
      }));
    case 'dnat':
      return destinationNat(statement.to, text, known);
    case 'redirect':
      return (flow) => accept(redirected(flow, statement.port));
    case 'reject':
      return (flow) => [{ share: ONE, flow, to: { kind: 'reject' } }];
    case 'set':
      return (flow) => next(statement.operation === 'delete' ? flow : addedTo(flow, statement.set));
    case 'neutral':
      return next;
    case 'notrack':
      return (flow) => next({ ...flow, state: 'UNTRACKED' });
  }
}

const MARK = { meta: 'mark', ct: 'connmark' } as const;
const NEXT = { kind: 'next' } as const;
const ACCEPT = { kind: 'accept' } as const;
const LEAVE = { kind: 'leave' } as const;

function next(flow: Flow): readonly Effect[] {
  return [{ share: ONE, flow, to: NEXT }];
}

function accept(flow: Flow): readonly Effect[] {
  return [{ share: ONE, flow, to: ACCEPT }];
}

function unknown(flow: Flow, text: string): readonly Effect[] {
  return [{ share: ONE, flow, to: { kind: 'unknown', text } }];
}

function destinationNat(to: NatTarget, text: string, known: KnownTable): Act {
  switch (to.kind) {
    case 'address': {
      const ip = to.ip === undefined ? undefined : parseIp(to.ip);
      if (to.ip !== undefined && !ip) return (flow) => unknown(flow, text);
      return (flow) => accept(translated(flow, ip ?? flow.destination, to.port));
    }
    case 'map': {
      const portOf = to.port && portIn(to.port, known);
      return byMap(to, text, known, readEndpoint, (endpoint, flow) => {
        const port = portOf ? portOf(flow) : endpoint?.port;
        if (!endpoint || port === null) return { flow, to: { kind: 'unknown', text } };
        // Without a port the rule does not match.
        if (portOf && port === undefined) return { flow, to: LEAVE };
        return { flow: translated(flow, endpoint.ip, port), to: ACCEPT };
      });
    }
    case 'unknown':
      return (flow) => unknown(flow, text);
  }
}

/** The port that a map has for a packet; undefined if it has none, null if that is not known. */
function portIn(wanted: InMap, known: KnownTable): (flow: Flow) => number | undefined | null {
  const lookup = lookupIn(wanted, known) ?? NOWHERE;
  return (flow) => {
    const found = lookup(flow);
    if (found === null) return undefined;
    const element = found?.length === 1 ? found[0] : null;
    if (element === null) return null;
    return element?.data === undefined ? undefined : Number(element.data);
  };
}

/** What of a packet is looked up, and in which map. */
interface InMap {
  readonly key: Expression;
  readonly map: MapReference;
}

/** The lookup of a map that is not there. */
const NOWHERE: Lookup = () => undefined;

function lookupIn({ key, map }: InMap, known: KnownTable): Lookup | undefined {
  return map.kind === 'named'
    ? known.set(map.name)?.lookup(key)
    : lookupOf(key, indexElements(map.entries), known.node);
}

/** `10.244.1.5 . 8080`, or an address alone. */
function readEndpoint(data: string): { readonly ip: Ip; readonly port: number | undefined } | undefined {
  const [address = '', port] = data.split(' . ');
  const ip = parseIp(address);
  return ip && { ip, port: port === undefined ? undefined : Number(port) };
}

function readVerdict(data: string): Effect['to'] {
  const [, word, chain] = /^(\S+)(?: (.+))?$/.exec(data) ?? [];
  switch (word) {
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
      return { kind: word };
    case 'jump':
    case 'goto':
      if (chain !== undefined) return { kind: word, chain };
  }
  return { kind: 'unknown', text: data };
}

/** The data of an element, and the element as nft writes it if its map has a name. */
interface Reading<T> {
  readonly value: T;
  readonly element: string | undefined;
}

/** What a lookup found, the share of each, and the readings of those that have data. */
interface Results<T> {
  readonly found: readonly ReturnType<Find>[];
  readonly share: Fraction;
  readonly read: readonly (Reading<T> | undefined)[];
}

/**
 * Looks a key up; numbers of a generator are keys of equal shares. A key without an element ends the rule. The data of an
 * element is read once.
 */
function byMap<T>(
  wanted: InMap,
  text: string,
  known: KnownTable,
  read: (data: string) => T,
  act: (data: T, flow: Flow) => Pick<Effect, 'flow' | 'to'>,
): Act {
  const named = wanted.map.kind === 'named' ? known.set(wanted.map.name) : undefined;
  const lookup = lookupIn(wanted, known) ?? NOWHERE;
  const readings = new Map<Element, Reading<T>>();
  const readingOf = (element: Element, data: string): Reading<T> => {
    const before = readings.get(element);
    if (before) return before;
    const shown = named && `${named.named.name} { ${element.key} : ${data} }`;
    const made = { value: read(data), element: shown };
    readings.set(element, made);
    return made;
  };
  let last: Results<T> | undefined;
  return (flow) => {
    const found = lookup(flow);
    if (found === null) return [{ share: ONE, flow, to: LEAVE }];
    if (!found) return unknown(flow, text);
    // A client that a map of the packets remembers is not followed to its endpoint.
    if (named?.remembers(flow)) return next(flow);
    if (named && isAdded(flow, named.named.name)) return unknown(flow, text);
    // The numbers of a generator find the same elements for each packet.
    if (last?.found !== found) {
      const share = found.length === 1 ? ONE : fraction(1n, BigInt(found.length));
      last = {
        found,
        share,
        read: found.map((each) => (each?.data === undefined ? undefined : readingOf(each, each.data))),
      };
    }
    const { share, read: results } = last;
    return found.map((each, i): Effect => {
      if (each === null) return { share, flow, to: { kind: 'unknown', text } };
      const result = results[i];
      if (!result) return { share, flow, to: LEAVE };
      const { flow: changed, to } = act(result.value, flow);
      return { share, flow: changed, to, element: result.element, owner: each?.owner };
    });
  };
}

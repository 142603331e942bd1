/**
 * elements: the elements of sets and maps, found by key. An element with a network, a range or a wildcard in its key is
 * found by the key's first field where that is one value.
 */
import type { Element, Expression } from '../../tools/nft/types.js';
import type { NodeRules } from '../node.js';
import type { Flow } from '../packet.js';
import { textOf } from './fields.js';
import { type Key, keysOf, keyText } from './keys.js';
import { holds, ROUTE_TYPES } from './values.js';

/** The element that has a key; undefined if none has, null if that cannot be said. */
export type Find = (key: Key) => Element | undefined | null;

/** The elements for the keys of a packet, as keysOf gives these, each with the same share of connections. */
export type Lookup = (flow: Flow) => readonly ReturnType<Find>[] | null | undefined;

/** The lookup of an expression. */
export function lookupOf(key: Expression, findAny: Find, node: NodeRules): Lookup {
  const find = ofTypes(key, findAny);
  const keys = keysOf(key, node);
  // Numbers alone are the same for each packet, and the ways of one packet ask one after another.
  const isConstant = key.kind === 'numgen';
  let last: Flow | undefined;
  let found: ReturnType<Lookup>;
  return (flow) => {
    if (flow === last || (isConstant && last)) return found;
    const wanted = keys(flow);
    found = wanted ? wanted.map((each) => find(each)) : wanted;
    last = flow;
    return found;
  };
}

/**
 * Finds keys with a type of address, of which routes may tell another than `unicast`. What has an element of its own is
 * that; else it is known where no type of routes has another.
 */
function ofTypes(key: Expression, find: Find): Find {
  const parts = key.kind === 'concat' ? key.parts : [key];
  const place = parts.findIndex((part) => part.kind === 'fib' && part.result === 'type');
  if (place < 0) return find;
  return (values) => {
    const found = find(values);
    if (values[place] !== 'unicast' || (found && !isRest(found))) return found;
    return ROUTE_TYPES.every((type) => find(values.with(place, type)) === found) ? found : null;
  };
}

interface Pattern {
  readonly fields: readonly string[];
  readonly element: Element;
}

/** Elements by the text of their keys. */
interface Exact {
  readonly get: (text: string) => Element | undefined;
  readonly set: (text: string, element: Element) => void;
}

/**
 * Makes places in one index, each for the elements of another set. A packet is looked up in sets with keys of one type
 * one after another, such as the maps of the slots of layout fast: the index searches for its key once.
 */
export function sharedIndex(): () => Exact {
  const byText = new Map<string, (Element | undefined)[]>();
  let count = 0;
  let last: string | undefined;
  let found: readonly (Element | undefined)[] | undefined;
  return () => {
    const place = count++;
    return {
      get: (text) => {
        if (text !== last) {
          found = byText.get(text);
          last = text;
        }
        return found?.[place];
      },
      set: (text, element) => {
        last = undefined;
        const others = byText.get(text);
        if (others) others[place] = element;
        else byText.set(text, place === 0 ? [element] : [...Array<undefined>(place), element]);
      },
    };
  };
}

/** An index of elements; `exact` is where it keeps those without a network, a range or a wildcard. */
export function indexElements(elements: Iterable<Element>, exact: Exact = sharedIndex()()): Find {
  // Most keys have a first field that no element has: to see this is cheaper than to put a key together.
  const firsts = new Set<string>();
  const byFirst = new Map<string, Pattern[]>();
  let rest: Element | undefined;
  for (const element of elements) {
    if (isRest(element)) {
      rest = element;
      continue;
    }
    const text = spelledAsKey(element.key);
    const end = text.indexOf(' . ');
    exact.set(text, element);
    if (end >= 0) firsts.add(text.slice(0, end));
    if (/[-*/]/.test(element.key)) {
      const fields = element.key.split(' . ');
      const [first = ''] = fields;
      const bucket = /[-*/]/.test(first) ? '' : first;
      const list = byFirst.get(bucket);
      if (list) list.push({ fields, element });
      else byFirst.set(bucket, [{ fields, element }]);
    }
  }
  const get = (key: Key) => {
    const [first] = key;
    if (key.length > 1 && first !== undefined && !firsts.has(textOf(first))) return undefined;
    return exact.get(keyText(key));
  };
  if (byFirst.size === 0) return rest ? (key) => get(key) ?? rest : get;
  return (key) => {
    const found = get(key);
    if (found) return found;
    const [first = ''] = key;
    const near = [byFirst.get(keyText([first])) ?? [], byFirst.get('') ?? []];
    let isUnknown = false;
    for (const { fields, element } of near.flat()) {
      const has = matches(fields, key);
      if (has) return element;
      if (has === undefined) isUnknown = true;
    }
    return isUnknown ? null : rest;
  };
}

/** Whether an element is that of all keys which no other has, whatever number of fields they have. */
export function isRest({ key }: Element): boolean {
  return key === '*';
}

/** An element's key as keyText has it: nft quotes the names of interfaces, and writes marks in hexadecimal. */
function spelledAsKey(text: string): string {
  const bare = text.replaceAll('"', '');
  return bare.includes('0x') ? bare.replace(/(?<![^ ])0x[0-9a-f]+(?![^ ])/gi, (hex) => `${Number(hex)}`) : bare;
}

function matches(fields: readonly string[], key: Key): boolean | undefined {
  let result: boolean | undefined = fields.length === key.length;
  for (const [i, value] of key.entries()) {
    const has = holds(fields[i] ?? '', value);
    if (has === false) return false;
    if (has === undefined) result = undefined;
  }
  return result;
}

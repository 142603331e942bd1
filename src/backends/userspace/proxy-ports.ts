/**
 * proxy-ports: the names of listeners → the ports on which they listen. A port follows from the name alone, so that it is
 * the same on every node and after every start, as long as no other has it.
 */
import type { ProxyPorts, UserspaceOptions } from '../../options.js';
import { hash48 } from '../shared/hash.js';

export interface Wanted {
  /** `tcp` or `udp`: each has ports of its own. */
  readonly protocol: string;
  /** Unique, and begins with the ServicePort's name. */
  readonly name: string;
}

/** What some ServicePorts want of the ports of a node. */
export interface Claims {
  readonly wanted: readonly Wanted[];
  /** Ports that must stay free, such as `tcp 30080`; one may be there several times. */
  readonly avoid: readonly string[];
}

interface Held extends Wanted {
  readonly port: number;
}

/** The ports that names have. */
export interface Assigned {
  /** Undefined when no port is left for it. */
  of(name: string): number | undefined;
  /** Those for which no port is left. */
  readonly left: ReadonlySet<string>;
  /**
   * Puts claims in the place of others; false when others would have to move, or no port is left: then all must be assigned
   * anew, from what is held.
   */
  replace(before: Claims, after: Claims): boolean;
  /** All that have a port, and until the next change those that went with it. */
  held(): readonly Held[];
}

/**
 * A port for each name. First those that have a port keep it, then in the order given each takes the port of its hash, or
 * the next one that is free. The port of a name that goes is free only when there is no other: its clients may still come
 * there.
 */
export function assignPorts(
  { wanted, avoid }: Claims,
  { proxyPorts }: UserspaceOptions,
  { taken, held }: { readonly taken: ProxyPorts['taken']; readonly held: readonly Held[] },
): Assigned {
  const range = newRange(proxyPorts, taken);
  range.avoid(avoid, 1);
  const before = new Map(held.map(({ name, port }) => [name, port]));
  const ports = new Map(wanted.flatMap((each) => range.take(each, before.get(each.name) ?? 0) ?? []).map(byName));
  let leaving = held;
  const missing = wanted.filter(({ name }) => !ports.has(name));
  for (const each of range.find(missing, leaving)) ports.set(each.name, each);
  const left = new Set(missing.flatMap(({ name }) => (ports.has(name) ? [] : [name])));
  return {
    of: (name) => ports.get(name)?.port,
    left,
    replace: (gone, come) => {
      const stay = new Set(come.wanted.map(({ name }) => name));
      leaving = gone.wanted.flatMap(({ name }) => (stay.has(name) ? [] : (ports.get(name) ?? [])));
      range.avoid(gone.avoid, -1);
      range.avoid(come.avoid, 1);
      if (left.size > 0 || come.avoid.some(range.isUsed)) return false;
      range.free(leaving);
      const fresh = come.wanted.filter(({ name }) => !ports.has(name));
      const found = range.find(fresh, leaving);
      if (found.length < fresh.length) return false;
      for (const { name } of leaving) ports.delete(name);
      for (const each of found) ports.set(each.name, each);
      return true;
    },
    held: () => [...leaving, ...ports.values()],
  };
}

function byName(held: Held): readonly [string, Held] {
  return [held.name, held];
}

/** The ports of a range, and whether they are free. */
function newRange({ first, last }: UserspaceOptions['proxyPorts'], taken: readonly string[]) {
  const size = last - first + 1;
  const used = new Set(taken);
  const avoided = new Map<string, number>();
  const take = (each: Wanted, port: number): Held | undefined => {
    const key = keyOf({ ...each, port });
    if (port < first || port > last || used.has(key) || avoided.has(key)) return undefined;
    used.add(key);
    return { ...each, port };
  };
  const findOne = (each: Wanted, reserved: ReadonlySet<string>): Held | undefined => {
    const start = hash48(each.name) % size;
    for (let i = 0; i < size; i++) {
      const port = first + ((start + i) % size);
      const found = reserved.has(keyOf({ ...each, port })) ? undefined : take(each, port);
      if (found) return found;
    }
    return undefined;
  };
  return {
    isUsed: (key: string): boolean => used.has(key),
    take,
    /** For each name a port, as long as there are any; the reserved ones last. */
    find: (names: readonly Wanted[], reserved: readonly Held[]): readonly Held[] => {
      const keys = new Set(reserved.map(keyOf));
      const found = names.flatMap((each) => findOne(each, keys) ?? []);
      const have = new Set(found.map(({ name }) => name));
      return [...found, ...names.flatMap((each) => (have.has(each.name) ? [] : (findOne(each, NONE) ?? [])))];
    },
    free: (held: readonly Held[]): void => {
      for (const each of held) used.delete(keyOf(each));
    },
    avoid: (keys: readonly string[], by: 1 | -1): void => {
      for (const key of keys) {
        const count = (avoided.get(key) ?? 0) + by;
        if (count === 0) avoided.delete(key);
        else avoided.set(key, count);
      }
    },
  };
}

const NONE: ReadonlySet<string> = new Set();

function keyOf({ protocol, port }: Pick<Held, 'protocol' | 'port'>): string {
  return `${protocol} ${port}`;
}

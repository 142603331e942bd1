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

/**
 * The port of each name; a name is absent when no port is left. First those that have a port keep it, then in the order
 * given each takes the port of its hash, or the next one that is free. A port that another name has is not free, even when
 * that name is not wanted any more: its clients may still come there. `avoid` holds ports that must stay free.
 */
export function proxyPortsOf(
  wanted: readonly Wanted[],
  { proxyPorts: { first, last } }: UserspaceOptions,
  { taken, held }: ProxyPorts = { taken: [], held: [] },
  avoid: Iterable<string> = [],
): ReadonlyMap<string, number> {
  const used = new Set([...taken, ...avoid]);
  const ports = new Map<string, number>();
  const take = ({ protocol, name }: Wanted, port: number): boolean => {
    if (port < first || port > last || used.has(`${protocol} ${port}`)) return false;
    used.add(`${protocol} ${port}`);
    ports.set(name, port);
    return true;
  };
  const before = new Map(held.map(({ name, port }) => [name, port]));
  for (const each of wanted) take(each, before.get(each.name) ?? 0);
  for (const { protocol, port } of held) used.add(`${protocol} ${port}`);
  const size = last - first + 1;
  for (const each of wanted.filter(({ name }) => !ports.has(name))) {
    const start = hash48(each.name) % size;
    for (let i = 0; i < size && !take(each, first + ((start + i) % size)); i++);
  }
  return ports;
}

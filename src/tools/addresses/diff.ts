/**
 * diff: observed network devices × the desired device with its addresses → the difference, and the `ip -batch` input
 * that makes it good.
 */
import { inetNtop } from '../../ip.js';
import type { Line } from '../../text.js';
import { print } from './print.js';
import type { Address, Link, LinkAddress } from './types.js';

export interface AddressesDiff {
  readonly device: string;
  /** `replace`: a device of another kind has the name. */
  readonly making?: 'create' | 'replace' | 'delete';
  readonly added: readonly Address[];
  readonly removed: readonly LinkAddress[];
}

/**
 * How to change `links` so that `device` has exactly the `desired` addresses; without `desired` the device is deleted.
 */
export function diff(
  links: readonly Link[],
  device: string,
  desired: readonly Address[] | undefined,
): AddressesDiff | undefined {
  const link = links.find(({ name }) => name === device);
  // The kernel gives every device that is up a link-local address.
  const there = link?.addresses.filter(({ scope }) => scope !== 'link') ?? [];
  if (!desired) return link && { device, making: 'delete', added: [], removed: there };
  const usable = link !== undefined && (link.kind ?? 'dummy') === 'dummy';
  if (!usable) return { device, making: link ? 'replace' : 'create', added: desired, removed: [] };
  const added = without(desired, there);
  const removed = without(there, desired);
  return added.length + removed.length > 0 ? { device, added, removed } : undefined;
}

function without<T extends Address>(list: readonly T[], others: readonly Address[]): readonly T[] {
  const ips = new Set(others.map(({ ip }) => ip));
  return list.filter(({ ip }) => !ips.has(ip));
}

/** Creates the device, without addresses. */
export function* make({ device, making }: AddressesDiff): Generator<Line> {
  if (making === 'replace') yield { text: `link delete ${device}` };
  if (making === 'create' || making === 'replace') yield* print({ device, create: true, addresses: [] });
}

/** Adds addresses. */
export function* grow({ device, added }: AddressesDiff): Generator<Line> {
  yield* print({ device, create: false, addresses: added });
}

/** Removes addresses, or the whole device. */
export function* shrink({ device, making, removed }: AddressesDiff): Generator<Line> {
  if (making === 'delete') yield { text: `link delete ${device}` };
  else for (const { ip, prefix } of removed) yield { text: `address delete ${inetNtop(ip)}/${prefix} dev ${device}` };
}

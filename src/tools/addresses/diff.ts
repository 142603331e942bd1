/**
 * diff: live network devices × the wanted device with its addresses → what differs, and the input for `ip -batch` that
 * changes it.
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

/** What to do to `links` for `device` to have just `wanted`; without `wanted` it is to go. */
export function diff(
  links: readonly Link[],
  device: string,
  wanted: readonly Address[] | undefined,
): AddressesDiff | undefined {
  const link = links.find(({ name }) => name === device);
  // The kernel gives a device that is up an address of its own on the link.
  const there = link?.addresses.filter(({ scope }) => scope !== 'link') ?? [];
  if (!wanted) return link && { device, making: 'delete', added: [], removed: there };
  const usable = link !== undefined && (link.kind ?? 'dummy') === 'dummy';
  if (!usable) return { device, making: link ? 'replace' : 'create', added: wanted, removed: [] };
  const added = without(wanted, there);
  const removed = without(there, wanted);
  return added.length + removed.length > 0 ? { device, added, removed } : undefined;
}

function without<T extends Address>(list: readonly T[], others: readonly Address[]): readonly T[] {
  const ips = new Set(others.map(({ ip }) => ip));
  return list.filter(({ ip }) => !ips.has(ip));
}

/** Makes the device, without addresses. */
export function* make({ device, making }: AddressesDiff): Generator<Line> {
  if (making === 'replace') yield { text: `link delete ${device}` };
  if (making === 'create' || making === 'replace') yield* print({ device, create: true, addresses: [] });
}

/** Adds addresses. */
export function* grow({ device, added }: AddressesDiff): Generator<Line> {
  yield* print({ device, create: false, addresses: added });
}

/** Removes addresses, or the device with all it has. */
export function* shrink({ device, making, removed }: AddressesDiff): Generator<Line> {
  if (making === 'delete') yield { text: `link delete ${device}` };
  else for (const { ip, prefix } of removed) yield { text: `address delete ${inetNtop(ip)}/${prefix} dev ${device}` };
}

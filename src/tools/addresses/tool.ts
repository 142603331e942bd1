/**
 * ip(8) as a tool: the dummy device that holds virtual IPs.
 */
import { familyOf } from '../../ip.js';
import { type Ask, demand, understood } from '../ask.js';
import { section, sides, type Tool } from '../tool.js';
import { type AddressesDiff, diff, grow, make, shrink } from './diff.js';
import { parse } from './parse.js';
import { print } from './print.js';
import type { Address, Link, LinkAddress } from './types.js';

/** A device and its virtual IPs. */
export interface AddressesState {
  readonly device: string;
  /** No duplicates. */
  readonly addresses: readonly Address[];
}

/** The name of our device, in any mode. */
export interface AddressesOurs {
  readonly device: string;
}

export const addresses: Tool<'addresses', AddressesState, readonly Link[], AddressesDiff | undefined, AddressesOurs> = {
  name: 'addresses',
  nothing: [],
  read: readLinks,
  look: {
    *parts({ addresses: bound }) {
      for (const { ip } of bound) yield `address ${ip}`;
    },
    rest: ({ device }) => ({ device, addresses: [] }),
    async read(ask, { ours }, isKnown) {
      const links = await readLinks(ask);
      const left = ({ name, addresses: bound, ...link }: Link): Link => {
        const isLeft = ({ ip, scope }: LinkAddress) =>
          name !== ours.device || scope === 'link' || !isKnown(`address ${ip}`);
        return { name, ...link, addresses: bound.filter(isLeft) };
      };
      return { observed: links.map(left) };
    },
  },
  foreign: (links, { device }) => links.filter(({ name }) => name !== device),
  assume(foreign, desired) {
    if (!desired) return foreign;
    const bound = desired.addresses.map(({ ip }) => {
      const ipv6 = ip.includes(':');
      return { ip, prefix: ipv6 ? 128 : 32, family: ipv6 ? ('ipv6' as const) : ('ipv4' as const), scope: 'global' };
    });
    return [...foreign, { name: desired.device, kind: 'dummy', addresses: bound }];
  },
  diff: (links, desired, { device }) => diff(links, desired?.device ?? device, desired?.addresses),
  steps(difference, phase) {
    if (!difference) return [];
    const input = phase === 'make' ? [...make(difference)] : [...grow(difference), ...shrink(difference)];
    return [{ tool: 'addresses', program: 'ip', argv: () => ['ip', '-batch', '-'], input }];
  },
  changes(difference) {
    if (!difference) return sides([], []);
    const { device, making, added, removed } = difference;
    const title = `ip ${device}`;
    const there = making === 'delete' || making === 'replace' ? [`link ${device}`] : [];
    const created = making === 'create' || making === 'replace' ? [`link ${device} dummy`] : [];
    return sides(
      [section(title, [...there, ...removed.map(({ ip }) => ip)])],
      [section(title, [...created, ...added.map(({ ip }) => ip)])],
    );
  },
  ofFamily: ({ device, addresses: bound }, family) => ({
    device,
    addresses: bound.filter(({ ip }) => familyOf(ip) === family),
  }),
  show({ device, addresses: bound }, owns) {
    const own = bound.filter(({ owners = [] }) => owners.some(owns));
    return [[`### ip ${device}`, ...[...print({ device, create: false, addresses: own })].map(({ text }) => text)]];
  },
};

/** The network devices of the node. */
export async function readLinks(ask: Ask): Promise<readonly Link[]> {
  const links = understood('ip address', parse(await demand(ask, IP)));
  // Every network namespace has lo.
  if (links.length === 0) throw new Error(`${IP.join(' ')} prints no device`);
  return links;
}

const IP = ['ip', '-json', '-details', 'address', 'show'];

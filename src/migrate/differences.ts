/**
 * differences: two rule sets of a node → what changes for whom by the migration from the first to the second.
 */
import { type Owner, ownerName } from '../owner.js';
import { stepsOf } from '../packet/branch.js';
import type { Outcome } from '../packet/evaluate.js';
import type { PacketClass } from '../packet/packet.js';
import type { ServicePort } from '../resolve/types.js';
import { isLoopback } from '../verify/by-design-whole.js';
import type { Compared } from '../verify/compare.js';
import type { Fate } from '../verify/fate.js';
import { placeOf } from '../verify/groups.js';
import { type Given, verify } from '../verify/verify.js';

/** Where packets come from. */
export type Client = 'outside' | 'pods' | 'this node';

/** One kind of difference of a ServicePort, or of packets to no Service. */
export interface Difference {
  /** The name of a difference by design, or `other`. */
  readonly name: string;
  /** An address and port answers now and will not, for some client. */
  readonly breaks: boolean;
  /** `default/web:http`; absent for packets to no Service. */
  readonly service?: string;
  /** `192.168.7.2:30080/tcp`, sorted by number of address and port. */
  readonly places: readonly string[];
  readonly clients: readonly Client[];
}

/** The differences, those that break first; `isPod` tells the addresses of pods. */
export function differencesBetween(
  from: Given,
  to: Given,
  isPod: (packet: PacketClass) => boolean,
): readonly Difference[] {
  const found = new Map<string, Growing>();
  verify(from, to, (compared) => {
    if (isMartian(compared.packet)) return;
    const breaks = isLost(compared);
    const service = serviceOf(compared);
    const names =
      compared.byDesign.length > 0 ? compared.byDesign : [compared.kind === 'newly-served' ? compared.kind : 'other'];
    for (const name of names) {
      const key = `${breaks} ${name} ${service}`;
      const growing = found.get(key) ?? { name, breaks, service, places: new Set(), clients: new Set() };
      found.set(key, growing);
      growing.places.add(placeOf(compared.packet));
      growing.clients.add(clientOf(compared.packet, isPod));
    }
  });
  return [...found.values()].map(finished).sort(inOrder);
}

/** The kernel drops packets from elsewhere to loopback addresses, unless route_localnet is set (ip-sysctl). */
function isMartian({ inInterface, destination }: PacketClass): boolean {
  return inInterface !== undefined && isLoopback(destination);
}

/** Ports of health checks, for which nftables mode has no rule. */
export function healthChecks(ports: readonly ServicePort[]): readonly Difference[] {
  const found = new Map<number, Difference>();
  for (const { name, healthCheckNodePort: port } of ports) {
    if (port === undefined) continue;
    const service = `${name.namespace}/${name.service}`;
    found.set(port, {
      name: 'health-check-port',
      breaks: false,
      service,
      places: [`${port}/tcp`],
      clients: ['outside'],
    });
  }
  return [...found.values()];
}

interface Growing {
  readonly name: string;
  readonly breaks: boolean;
  readonly service: string | undefined;
  readonly places: Set<string>;
  readonly clients: Set<Client>;
}

function finished({ name, breaks, service, places, clients }: Growing): Difference {
  return {
    name,
    breaks,
    ...(service !== undefined && { service }),
    places: [...places],
    clients: CLIENTS.filter((client) => clients.has(client)),
  };
}

const CLIENTS: readonly Client[] = ['outside', 'pods', 'this node'];

function inOrder(a: Difference, b: Difference): number {
  return Number(b.breaks) - Number(a.breaks) || compare(a.name, b.name) || compare(a.service ?? '', b.service ?? '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether an endpoint, or a port that kube-proxy opened, answers before and not after. */
function isLost({ fates: [before, after], byDesign }: Compared): boolean {
  const answers = (fates: readonly Fate[]) => fates.some(({ end }) => end === 'served');
  return (answers(before) && !answers(after)) || byDesign.includes('host-firewall');
}

function serviceOf({ a, b }: Compared): string | undefined {
  const owner = ownerIn(a) ?? ownerIn(b);
  return owner && ownerName(owner);
}

function ownerIn(outcomes: readonly Outcome[]): Owner | undefined {
  for (const outcome of outcomes) for (const { owner } of stepsOf(outcome)) if (owner) return owner;
  return undefined;
}

function clientOf(packet: PacketClass, isPod: (packet: PacketClass) => boolean): Client {
  if (packet.inInterface === undefined) return 'this node';
  return isPod(packet) ? 'pods' : 'outside';
}

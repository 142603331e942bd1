/**
 * lower, part: ServicePorts → the members of each ipset.
 */

import type { Frontend, ServicePort } from '../../resolve/types.js';
import { printEntry } from '../../tools/ipset/print.js';
import type { Entry } from '../../tools/ipset/types.js';
import type { L4Protocol } from '../../tools/l4.js';
import { L4 } from '../shared/l4.js';
import { boundAddress, type Context } from './context.js';
import { type Members, NODE_PORT_SETS, SET_KEYS, SETS, type SetKey } from './sets.js';

/** An entry of a set, and its text as ipset prints it. */
interface Member {
  readonly set: SetKey;
  readonly key: string;
  readonly entry: Entry;
}

type Add = (set: SetKey, entry: Entry) => void;

/** The members of every set. */
export function membersOf(ports: readonly ServicePort[], context: Context): Members {
  const members = Object.fromEntries(SET_KEYS.map((key) => [key, new Map<string, Entry>()])) as Record<
    SetKey,
    Map<string, Entry>
  >;
  for (const port of ports) {
    for (const { set, key, entry } of lowerPort(port, context)) {
      const before = members[set].get(key);
      members[set].set(key, before ? shared(before, entry) : entry);
    }
  }
  return members;
}

/** A member that ServicePorts share, such as an external IP, exists once and has the origin of the first. */
function shared(before: Entry, entry: Entry): Entry {
  const { owners = [] } = before;
  const more = (entry.owners ?? []).filter((owner) => !owners.includes(owner));
  return more.length === 0 ? before : { ...before, owners: [...owners, ...more] };
}

function lowerPort(port: ServicePort, context: Context): readonly Member[] {
  const members: Member[] = [];
  addPort(port, context, (set, entry) => {
    members.push({ set, key: printEntry(entry), entry: { ...entry, origin: port.origin, owners: [port.name] } });
  });
  return members;
}

function addPort(port: ServicePort, context: Context, add: Add): void {
  const protocol = L4[port.name.protocol];
  // A connection of an endpoint to its own Service may come back to it, in any state: connections outlast readiness.
  for (const { ip, port: number } of port.endpoints.onNode) {
    add('KUBE-LOOP-BACK', { ip, protocol, port: number, source: ip });
  }
  for (const frontend of port.frontends) {
    const bound = boundAddress(frontend, context);
    if (bound !== undefined) add('KUBE-IPVS-IPS', { ip: bound });
    if (frontend.ip === undefined) addNodePort(frontend, protocol, context, add);
    else addAddress(frontend, { ip: frontend.ip, protocol, port: frontend.port }, add);
  }
  // The health check is served on the same addresses as node ports.
  const { healthCheckNodePort } = port;
  const served = context.nodePortAddresses.length > 0 || port.frontends.every(({ kind }) => kind !== 'NodePort');
  if (healthCheckNodePort !== undefined && served) add('KUBE-HEALTH-CHECK-NODE-PORT', { port: healthCheckNodePort });
}

function addAddress({ kind, policy, sourceRanges }: Frontend, entry: Entry, add: Add): void {
  if (kind === 'ClusterIP') add('KUBE-CLUSTER-IP', entry);
  if (kind === 'ExternalIP') add(policy === 'Local' ? 'KUBE-EXTERNAL-IP-LOCAL' : 'KUBE-EXTERNAL-IP', entry);
  if (kind !== 'LoadBalancerIP') return;
  add('KUBE-LOAD-BALANCER', entry);
  if (policy === 'Local') add('KUBE-LOAD-BALANCER-LOCAL', entry);
  if (!sourceRanges) return;
  add('KUBE-LOAD-BALANCER-FW', entry);
  for (const range of sourceRanges.ranges) {
    for (const source of halves(range.text)) add('KUBE-LOAD-BALANCER-SOURCE-CIDR', { ...entry, source });
  }
  if (sourceRanges.node && entry.ip !== undefined) add('KUBE-LOAD-BALANCER-SOURCE-IP', { ...entry, source: entry.ip });
}

/** An ipset cannot hold a network of all addresses; its two halves are equivalent (ipset(8), hash:net). */
function halves(cidr: string): readonly string[] {
  if (!cidr.endsWith('/0')) return [cidr];
  return cidr.includes(':') ? ['::/1', '8000::/1'] : ['0.0.0.0/1', '128.0.0.0/1'];
}

function addNodePort({ port, policy }: Frontend, protocol: L4Protocol, context: Context, add: Add): void {
  const { all, local } = NODE_PORT_SETS[protocol];
  for (const ip of context.nodePortAddresses) {
    const entry = SETS[all].type === 'bitmap:port' ? { port } : { ip, protocol, port };
    add(all, entry);
    if (policy === 'Local') add(local, entry);
  }
}

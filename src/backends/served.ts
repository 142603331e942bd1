/**
 * served: the endpoints that UDP flows may lead to now, and the addresses that were served before.
 */
import { type Family, familyOf } from '../ip.js';
import { formatServicePortName, type ServicePortName } from '../resolve/types.js';
import { ANY_ADDRESS, type ServedFlows, servedKey } from '../tools/conntrack/stale.js';
import type { DesiredState, Differences, ObservedState } from '../tools/tools.js';
import type { Resolved } from './backend.js';
import { BACKENDS } from './index.js';

/**
 * Where flows may lead once `resolved` is served by `desired`, on a node in state `before` that `differences` changed. A
 * relay answers from a port of the node, and knows itself which endpoint a flow has.
 */
export function servedFlows(
  resolved: readonly Resolved[],
  before: ObservedState,
  differences: Differences,
  { relay = [] }: Pick<DesiredState, 'relay'> = {},
): ServedFlows {
  const endpoints = new Map<string, ReadonlySet<string>>();
  const links = before.addresses ?? [];
  const local = new Set(links.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)));
  const relayed = relayPorts(relay);
  for (const port of resolved.flatMap(({ ports }) => ports)) {
    if (port.name.protocol !== 'UDP') continue;
    const listeners = relayed.get(portKey(port.name, port.family)) ?? [];
    const servers = new Set(
      listeners.length === 0
        ? port.endpoints.serving.map(({ ip, port: number }) => servedKey(ip, number))
        : listeners.flatMap((number) => [...local].map((ip) => servedKey(ip, number))),
    );
    for (const { ip = ANY_ADDRESS[port.family], port: number } of port.frontends)
      endpoints.set(servedKey(ip, number), servers);
  }
  for (const key of BACKENDS.flatMap(({ formerly }) => formerly(differences)))
    if (!endpoints.has(key)) endpoints.set(key, NONE);
  return { endpoints, local };
}

/** The ports of the relay by ServicePort and family. */
function relayPorts(relay: NonNullable<DesiredState['relay']>): ReadonlyMap<string, readonly number[]> {
  const ports = new Map<string, number[]>();
  for (const { owner, address, port } of relay) {
    const key = portKey(owner, familyOf(address));
    ports.set(key, [...(ports.get(key) ?? []), port]);
  }
  return ports;
}

function portKey(name: ServicePortName, family: Family): string {
  return `${formatServicePortName(name)} ${name.protocol} ${family}`;
}

/** Whether `resolved` has UDP ports, the only ones with stale flows. */
export function hasUdp(resolved: readonly Resolved[]): boolean {
  return resolved.some(({ ports }) => ports.some(({ name }) => name.protocol === 'UDP'));
}

const NONE: ReadonlySet<string> = new Set();

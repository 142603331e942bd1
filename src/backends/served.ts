/**
 * served: the endpoints that UDP flows may lead to now, and the addresses that were served before.
 */
import { ANY_ADDRESS, type ServedFlows, servedKey } from '../tools/conntrack/stale.js';
import type { Differences, ObservedState } from '../tools/tools.js';
import type { Resolved } from './backend.js';
import { BACKENDS } from './index.js';

/** Where flows may lead once `resolved` is served, on a node in state `before` that `differences` changed. */
export function servedFlows(
  resolved: readonly Resolved[],
  before: ObservedState,
  differences: Differences,
): ServedFlows {
  const endpoints = new Map<string, ReadonlySet<string>>();
  for (const port of resolved.flatMap(({ ports }) => ports)) {
    if (port.name.protocol !== 'UDP') continue;
    const servers = new Set(port.endpoints.serving.map(({ ip, port: number }) => servedKey(ip, number)));
    for (const { ip = ANY_ADDRESS[port.family], port: number } of port.frontends)
      endpoints.set(servedKey(ip, number), servers);
  }
  for (const key of BACKENDS.flatMap(({ formerly }) => formerly(differences)))
    if (!endpoints.has(key)) endpoints.set(key, NONE);
  const links = before.addresses ?? [];
  return { endpoints, local: new Set(links.flatMap(({ addresses }) => addresses.map(({ ip }) => ip))) };
}

/** Whether `resolved` has UDP ports, the only ones with stale flows. */
export function hasUdp(resolved: readonly Resolved[]): boolean {
  return resolved.some(({ ports }) => ports.some(({ name }) => name.protocol === 'UDP'));
}

const NONE: ReadonlySet<string> = new Set();

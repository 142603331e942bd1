/**
 * lower, shared: node ports on loopback addresses by the relay, where rules cannot serve them, or are not to (KEP-6032). The
 * relay listens on the node port itself, for TCP; without the daemon nothing does.
 */
import { parse } from '../../tools/relay/parse.js';
import { print, toData } from '../../tools/relay/print.js';
import { toSection } from '../../tools/relay/tool.js';
import type { Listener } from '../../tools/relay/types.js';
import type { Artifact, Resolved } from '../backend.js';
import { partOf } from './parts.js';

/** The listeners of all node ports; undefined where the node has no loopback address for them. */
export function loopbackListeners(resolved: readonly Resolved[]): readonly Listener[] | undefined {
  if (resolved.every(({ node }) => node.relayedLoopback === undefined)) return undefined;
  return resolved.flatMap(({ node: { relayedLoopback: address }, ports }) =>
    address === undefined
      ? []
      : ports.flatMap(({ name: owner, frontends, endpoints, affinity }) =>
          frontends
            // What the node itself sends to an external address goes to all endpoints, whatever the policy.
            .filter(({ ip }) => ip === undefined && owner.protocol === 'TCP')
            .map(
              ({ kind, port }): Listener => ({
                protocol: 'tcp',
                address,
                port,
                owner,
                policy: 'Cluster',
                frontends: [{ kind, ip: address, port }],
                ...(affinity && { affinity: affinity.timeoutSeconds }),
                endpoints: endpoints.cluster.map(({ ip, port: number }) => ({ ip, port: number })),
              }),
            ),
        ),
  );
}

/** The file of listeners. */
export const RELAY_FILE = 'relay.txt';

/** The artifact of listeners of both families; none without listeners. */
export function loopbackFile(relay: readonly Listener[] = []): readonly Artifact[] {
  if (relay.length === 0) return [];
  const sections = (text: string) => parse(text).value.map(toSection);
  return [{ name: RELAY_FILE, parts: [partOf({ ports: relay.length }, relay, { print, toData })], sections }];
}

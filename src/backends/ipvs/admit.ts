/**
 * The resolved ServicePorts that ipvs mode can serve. Here a virtual IP becomes an address of the node, so one that the
 * node already uses otherwise would divert the node's own traffic into IPVS.
 */
import { type Checked, type Diagnostic, hasErrors, type Key } from '../../diag.js';
import { parseIp, specialUse } from '../../ip.js';
import type { Options } from '../../options.js';
import type { Frontend, FrontendKind, NodeContext, Peer, ServicePort } from '../../resolve/types.js';
import type { NodePorts, Resolved } from '../backend.js';
import { DEFAULT_FEATURES } from '../features.js';
import { conflicts } from '../shared/conflicts.js';
import { contextOf, DEVICE } from './context.js';
import { serversOf } from './virtual-servers.js';

/**
 * `resolved` without the Services that cannot be served. Errors: `unusable-vip`, `cluster-ip-on-node`. Warnings:
 * `vip-on-node`, `vip-on-other-node`, `vip-conflict`.
 */
export function admit(resolved: readonly Resolved[], options: Options): Checked<readonly Resolved[]> {
  const refused = new Set<string>();
  const problems = resolved.flatMap(({ node, ports, peers }) => {
    const others = byAddress(peers, node);
    return ports.flatMap((port) => {
      const found = port.frontends.flatMap((frontend) => problemsOf(port, frontend, node, others));
      if (hasErrors(found)) refused.add(serviceOf(port));
      return found;
    });
  });
  const value = resolved.map(({ ports, ...rest }) => ({
    ...rest,
    ports: ports.filter((port) => !refused.has(serviceOf(port))),
  }));
  const rest = value.flatMap(({ node, ports }) => conflictsOn(node, ports, options));
  return { value, diagnostics: [...unique(problems), ...rest] };
}

function conflictsOn(node: NodeContext, ports: readonly ServicePort[], options: Options): readonly Diagnostic[] {
  const context = contextOf(node, options, DEFAULT_FEATURES);
  return conflicts(ports, (port) => serversOf(port, context));
}

function serviceOf({ name }: ServicePort): string {
  return `${name.namespace}/${name.service}`;
}

/** The field of the API object that holds each kind's address. */
const FIELD: Readonly<Record<FrontendKind, { readonly noun: string; readonly path: readonly Key[] }>> = {
  ClusterIP: { noun: 'cluster IP', path: ['spec', 'clusterIP'] },
  ExternalIP: { noun: 'external IP', path: ['spec', 'externalIPs'] },
  LoadBalancerIP: { noun: 'load-balancer IP', path: ['status', 'loadBalancer', 'ingress'] },
  NodePort: { noun: 'node port', path: ['spec', 'ports'] },
};

/** The other Nodes of the cluster, by address. */
function byAddress(peers: readonly Peer[], node: NodeContext): ReadonlyMap<string, string> {
  const others = peers.filter(({ metadata }) => metadata.name !== node.name);
  return new Map(
    others.flatMap(({ metadata, addresses }) => addresses.map(({ address }) => [address, metadata.name] as const)),
  );
}

function problemsOf(
  port: ServicePort,
  { kind, ip }: Frontend,
  node: NodeContext,
  others: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  if (ip === undefined) return [];
  const { noun, path } = FIELD[kind];
  const origin = { ...port.origin, path };
  const subject = `${port.origin.object}: ${noun} ${ip}`;
  const special = unusable(ip);
  if (special !== undefined) {
    const message = `${subject} is ${special}; ipvs mode would make it an address of every node`;
    return [{ code: 'unusable-vip', severity: 'error', message, origin, hint: 'give the Service another address' }];
  }
  const peer = others.get(ip);
  if (peer !== undefined) {
    const message = `${subject} is an address of node ${peer}: in ipvs mode it is on ${DEVICE} of every other node, which then can't reach ${peer} by it`;
    return [{ code: 'vip-on-other-node', severity: 'warning', message, origin }];
  }
  if (!node.addresses.includes(ip)) return [];
  if (kind === 'ClusterIP') {
    const message = `${subject} is an address of node ${node.name}: in ipvs mode the node's own traffic would go to the Service`;
    return [
      { code: 'cluster-ip-on-node', severity: 'error', message, origin, hint: 'give the Service another address' },
    ];
  }
  const message = `${subject} is an address of node ${node.name}: it is served there, and not put on ${DEVICE}`;
  return [{ code: 'vip-on-node', severity: 'warning', message, origin }];
}

/** The kind of a special address that must not become an address of a node, or undefined. */
function unusable(text: string): string | undefined {
  const ip = parseIp(text);
  if (!ip) return undefined;
  const [first = 0] = ip.bytes;
  const multicast = ip.family === 'ipv4' ? first >= 224 && first <= 239 : first === 0xff;
  if (multicast) return 'a multicast address';
  const special = specialUse(ip);
  if (special === 'loopback') return 'a loopback address';
  return special === 'unspecified' ? 'the unspecified address' : undefined;
}

/** Warning `no-node-address`. */
export function unserved(nodes: readonly NodePorts[]): readonly Diagnostic[] {
  return nodes.flatMap(({ node, nodePorts: count }): readonly Diagnostic[] => {
    // Where nodePortAddresses selects other addresses, its own warning covers that.
    if (count === 0 || node.addresses.length > 0 || node.nodePorts.on !== 'local-addresses') return [];
    const message = `no ${node.family} address of the node is known: ${count} node port${count === 1 ? ' is' : 's are'} not served`;
    const hint = 'add the Node to the snapshot, or name its addresses with --node-address';
    return [{ code: 'no-node-address', severity: 'warning', message, hint }];
  });
}

/** Ports of one Service share their addresses, and so the diagnostics about these. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [diagnostic.message, diagnostic])).values()];
}

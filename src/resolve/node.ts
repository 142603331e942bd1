/**
 * resolve, part: the node to compile for, and its properties in each IP family.
 */
import { type Checked, type Diagnostic, show } from '../diag.js';
import { type Cidr, contains, type Family, hostCidr, type Ip, parseCidr, parseIp, specialUse } from '../ip.js';
import { type Machine, nodePortsOf, type Options } from '../options.js';
import { type Node, ZONE_LABEL } from '../read/types.js';
import type { NodeContext, PodTraffic } from './types.js';

const LOOPBACK: Readonly<Record<Family, Ip>> = {
  ipv4: { family: 'ipv4', text: '127.0.0.1', bytes: [127, 0, 0, 1] },
  ipv6: { family: 'ipv6', text: '::1', bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
};

/** The node to compile for; `object` is missing when the snapshot does not have it. */
export interface ChosenNode {
  readonly name: string;
  readonly object?: Node;
}

/**
 * The node named by `options.nodeName`, else the Node of this machine, else the only Node; of simulated Nodes, which
 * are all alike, the first. Several Nodes without a name are an error. A node that the snapshot lacks is a warning:
 * rules can be compiled without its zone and addresses.
 */
export function chooseNode(nodes: readonly Node[], options: Options): Checked<ChosenNode> {
  const { nodeName, machine } = options;
  const names = nodes.map((node) => node.metadata.name);
  const [only] = nodes;
  const same = nodeName === '' && machine ? nodeOf(machine, nodes) : undefined;
  if (same) return chooseNode(nodes, { ...options, nodeName: same.metadata.name });
  if (nodeName === '' && only?.synthetic) return chooseNode(nodes, { ...options, nodeName: only.metadata.name });
  if (nodeName === '' && nodes.length > 1) {
    const message = `the snapshot has ${nodes.length} Nodes and rules are made for one of them`;
    const hint = `say which with --node NAME, or hostnameOverride in the configuration: ${list(names)}`;
    return { value: { name: '' }, diagnostics: [{ code: 'node-required', severity: 'error', message, hint }] };
  }
  if (nodeName === '' && only) return chooseNode(nodes, { ...options, nodeName: only.metadata.name });
  const object = nodes.find((node) => node.metadata.name === nodeName);
  if (object) return { value: { name: nodeName, object }, diagnostics: missingPodCIDR(object, options) };
  return { value: { name: nodeName }, diagnostics: [unknownNode(nodeName, names)] };
}

/** The Node of a machine: by host name, as in kube-proxy, else the only Node with an address of the machine. */
function nodeOf({ hostname, addresses }: Machine, nodes: readonly Node[]): Node | undefined {
  const named = nodes.find(({ metadata }) => metadata.name === hostname.trim().toLowerCase());
  const here = nodes.filter((object) =>
    addressesOfType({ name: '', object }, 'InternalIP').some(({ text }) => addresses.includes(text)),
  );
  return named ?? (here.length === 1 ? here[0] : undefined);
}

/** Warns about a Node without podCIDR under NodeCIDR; kube-proxy waits at its start until the Node has one. */
function missingPodCIDR({ podCIDRs, origin }: Node, { detectLocalMode }: Options): readonly Diagnostic[] {
  if (detectLocalMode !== 'NodeCIDR' || podCIDRs.length > 0) return [];
  const message = `${origin.object ?? 'the Node'} has no podCIDR, by which detectLocalMode NodeCIDR recognises its pods`;
  const hint = 'without it no off-cluster traffic is masqueraded';
  return [{ code: 'no-pod-cidr', severity: 'warning', message, origin: { ...origin, path: ['spec'] }, hint }];
}

function unknownNode(name: string, names: readonly string[]): Diagnostic {
  const message =
    name === ''
      ? 'no node is named and the snapshot has none: no endpoint counts as local, and zone and addresses are unknown'
      : `Node ${show(name)} is not in the snapshot: its zone, addresses and pod CIDRs are unknown`;
  const hint = names.length > 0 ? `Nodes in the snapshot: ${list(names)}` : 'add the Nodes: kubectl get nodes -o yaml';
  return { code: 'unknown-node', severity: 'warning', message, hint };
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown}, … (${names.length})` : shown;
}

/** The node in `family`: address, zone, how traffic of its pods is recognised, addresses that serve node ports. */
export function nodeContext(node: ChosenNode, family: Family, options: Options): Checked<NodeContext> {
  const ip = nodeIP(node, family, options);
  const podTraffic = podTrafficOf(node, family, options);
  const cidrs = nodePortCidrs(node, family, options);
  const everywhere = cidrs.length === 0 || cidrs.some((cidr) => cidr.prefix === 0);
  const onLoopback = everywhere || cidrs.some((cidr) => cidr.bytes[0] === 127 || contains(cidr, LOOPBACK.ipv4));
  const localhostNodePorts = family === 'ipv4' && nodePortsOf(options).localhost && onLoopback;
  const local = localAddresses(node, family, options);
  const addresses = everywhere
    ? []
    : local.filter(
        (address) => cidrs.some((cidr) => contains(cidr, address)) && (localhostNodePorts || !isLoopback(address)),
      );
  const value: NodeContext = {
    name: node.name,
    zone: node.object?.metadata.labels[ZONE_LABEL] ?? '',
    family,
    ip,
    ...(podTraffic ? { podTraffic } : {}),
    addresses: local
      .filter(isOnWire)
      .map((address) => address.text)
      .sort(),
    nodePorts: everywhere
      ? { on: 'local-addresses', loopback: localhostNodePorts }
      : { on: 'addresses', addresses: addresses.map((address) => address.text).sort() },
    localhostNodePorts,
    ...relayedLoopback(family, cidrs, options),
  };
  return { value, diagnostics: everywhere || addresses.length > 0 ? [] : [noNodePortAddress(cidrs, options)] };
}

/** The relay serves node ports on 127.0.0.1 and ::1: in nftables mode where nodePortAddresses names them (KEP-6032). */
function relayedLoopback(
  family: Family,
  cidrs: readonly Cidr[],
  options: Options,
): Pick<NodeContext, 'relayedLoopback'> {
  const { byRelay } = nodePortsOf(options);
  const loopback = LOOPBACK[family];
  const isNamed = cidrs.some((cidr) => cidr.prefix > 0 && contains(cidr, loopback));
  const isRelayed = byRelay === 'named' ? isNamed : byRelay && family === 'ipv4' && (isNamed || cidrs.length === 0);
  return isRelayed ? { relayedLoopback: loopback.text } : {};
}

function noNodePortAddress(cidrs: readonly Cidr[], options: Options): Diagnostic {
  const ranges = cidrs.map((cidr) => cidr.text).join(', ');
  const why =
    nodePortsOf(options).cidrs === 'primary'
      ? `the node lacks its primary address, ${ranges.replace(/\/.*/, '')}`
      : `no address of the node is in nodePortAddresses (${ranges})`;
  return {
    code: 'no-node-port-address',
    severity: 'warning',
    message: `${why}: node ports of that family are served nowhere`,
    hint: 'check the Node’s status.addresses, or name addresses it lacks with --node-address',
  };
}

/**
 * Internal addresses before external ones; bindAddress overrides (k/k GetNodeHostIPs, cmd/kube-proxy detectNodeIPs).
 */
function nodeIP(node: ChosenNode, family: Family, options: Options): Ip {
  const bind = parseIp(options.bindAddress);
  if (bind?.family === family && !/^(0\.0\.0\.0|::)$/.test(bind.text)) return bind;
  const known = [...addressesOfType(node, 'InternalIP'), ...addressesOfType(node, 'ExternalIP')];
  return known.find((ip) => ip.family === family) ?? LOOPBACK[family];
}

/**
 * The addresses on the node's interfaces: those of this machine, else those that the snapshot has. Behind a cloud's NAT
 * an ExternalIP is on no interface, which does no harm: no packet arrives for it. Leaving out an address that the node
 * has would be worse.
 */
function localAddresses(node: ChosenNode, family: Family, options: Options): readonly Ip[] {
  const named = options.nodeAddresses.flatMap((text) => parseIp(text) ?? []);
  const known = options.machine
    ? options.machine.addresses.flatMap((text) => parseIp(text) ?? [])
    : [...addressesOfType(node, 'InternalIP'), ...addressesOfType(node, 'ExternalIP')];
  const all = [LOOPBACK[family], ...known, ...named];
  const unique = new Map(all.filter((ip) => ip.family === family).map((ip) => [ip.text, ip]));
  return [...unique.values()];
}

function addressesOfType(node: ChosenNode, type: string): readonly Ip[] {
  const addresses = node.object?.addresses ?? [];
  return addresses.filter((entry) => entry.type === type).flatMap((entry) => parseIp(entry.address) ?? []);
}

/** The CIDRs of the family that serve node ports; empty means all addresses (k/k proxyutil.NodePortAddresses). */
function nodePortCidrs(node: ChosenNode, family: Family, options: Options): readonly Cidr[] {
  const { cidrs } = nodePortsOf(options);
  if (cidrs !== 'primary') return cidrs.filter((cidr) => cidr.family === family);
  const ip = nodeIP(node, family, options);
  return isLoopback(ip) ? [] : [hostCidr(ip)];
}

function isLoopback(ip: Ip): boolean {
  return ip.family === 'ipv4' ? ip.bytes[0] === 127 : ip.text === LOOPBACK.ipv6.text;
}

function isOnWire(ip: Ip): boolean {
  return !isLoopback(ip) && !(ip.family === 'ipv6' && specialUse(ip) === 'link-local');
}

/** How pod traffic is recognised in each detectLocalMode; kube-proxy uses the first CIDR of the family. */
function podTrafficOf(node: ChosenNode, family: Family, options: Options): PodTraffic | undefined {
  switch (options.detectLocalMode) {
    case 'ClusterCIDR':
      return fromCidr(options.clusterCIDRs, family);
    case 'NodeCIDR':
      return fromCidr(node.object?.podCIDRs.flatMap((text) => parseCidr(text) ?? []) ?? [], family);
    case 'BridgeInterface':
      return { kind: 'interface', name: options.bridgeInterface };
    case 'InterfaceNamePrefix':
      return { kind: 'interface-prefix', prefix: options.interfaceNamePrefix };
  }
}

function fromCidr(cidrs: readonly Cidr[], family: Family): PodTraffic | undefined {
  const cidr = cidrs.find((candidate) => candidate.family === family);
  return cidr && { kind: 'source', cidr };
}

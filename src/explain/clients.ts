/**
 * explain: the kinds of clients that the rules of a node distinguish, each with an example source address: that of a
 * real Pod or Node when the snapshot has one.
 */
import { contains, type Family, type Ip, ipOf, parseCidr, parseIp } from '../ip.js';
import type { Options } from '../options.js';
import type { Pod } from '../read/types.js';
import type { NodeContext, ServicePort } from '../resolve/types.js';
import { type About, isAlive } from './about.js';
import { nodeAddress } from './on-nodes.js';

export interface Client {
  readonly name: string;
  readonly ip: Ip;
  readonly who: 'pod' | 'node' | 'outside' | 'itself';
  /** Absent for packets that the node itself sends. */
  readonly inInterface?: string;
  /** Comes through the load balancer: to its IPs, or to node ports when it is a proxy. */
  readonly balanced?: true;
}

/** The clients, in the order of the matrix rows. */
export function clientsOf(about: About, context: NodeContext, port: ServicePort, options: Options): readonly Client[] {
  const { family, name: node } = context;
  const own = interfaceOfPods(options);
  const found = (who: Client['who'], name: string, ip: Ip | undefined, inInterface?: string): readonly Client[] =>
    ip ? [{ name, ip, who, ...(inInterface !== undefined && { inInterface }) }] : [];
  const [hairpin] = port.endpoints.reachable.filter(({ local }) => local).flatMap(({ ip }) => parseIp(ip) ?? []);
  const here = podOf(about, family, (name) => name === node) ?? freeAddress(about, node, context, options);
  const elsewhere =
    podOf(about, family, (name) => name !== node && name !== '') ?? otherFreeAddress(about, node, context, here);
  const outside = outsides(family, port);
  return [
    ...found('pod', 'pod on this node', here, own),
    ...found('pod', 'pod elsewhere', elsewhere, 'eth0'),
    ...found('node', 'this node', parseIp(nodeAddress(context))),
    ...found('node', 'another node', anotherNode(about, context), 'eth0'),
    ...outside.flatMap(({ name, ip }) => found('outside', name, ip, 'eth0')),
    ...(about.service.spec.type === 'LoadBalancer'
      ? outside.map(
          ({ name, ip }): Client => ({
            name: `${name}, by the load balancer`,
            ip,
            who: 'outside',
            inInterface: 'eth0',
            balanced: true,
          }),
        )
      : []),
    ...found('itself', 'an endpoint, to itself', hairpin, own),
  ];
}

function interfaceOfPods({ detectLocalMode, bridgeInterface, interfaceNamePrefix }: Options): string {
  if (detectLocalMode === 'BridgeInterface') return bridgeInterface;
  return detectLocalMode === 'InterfaceNamePrefix' ? `${interfaceNamePrefix}0` : 'pod0';
}

/** The address of a Pod that is not an endpoint of the Service. */
function podOf(about: About, family: Family, isThere: (node: string) => boolean): Ip | undefined {
  const own = new Set(about.endpoints.map(({ address }) => address));
  const pods = about.snapshot.pods.filter(
    (pod: Pod) => isAlive(pod) && !pod.spec.hostNetwork && isThere(pod.spec.nodeName ?? ''),
  );
  const ips = pods.flatMap(({ status }) => status.podIPs).filter((ip) => !own.has(ip));
  return ips.flatMap((text) => parseIp(text) ?? []).find((ip) => ip.family === family);
}

/** An unused address in the Pod range of this node: its podCIDR, near its endpoints, or the cluster CIDR. */
function freeAddress(about: About, node: string, context: NodeContext, options: Options): Ip | undefined {
  const { family, podTraffic } = context;
  const object = about.snapshot.nodes.find(({ metadata }) => metadata.name === node);
  const cidrs = (object?.podCIDRs ?? [])
    .flatMap((text) => parseCidr(text) ?? [])
    .filter((cidr) => cidr.family === family);
  const beside = about.endpoints.filter(({ endpoint }) => endpoint.nodeName === node && node !== '');
  const [near] = beside.flatMap(({ address }) => parseIp(address) ?? []).filter((ip) => ip.family === family);
  const detected =
    podTraffic?.kind === 'source' ? podTraffic.cidr : options.clusterCIDRs.find((cidr) => cidr.family === family);
  const base = cidrs[0] ?? near ?? detected;
  return base && free(about, base.bytes);
}

function otherFreeAddress(about: About, node: string, context: NodeContext, here: Ip | undefined): Ip | undefined {
  const { family } = context;
  const others = about.snapshot.nodes.filter(({ metadata }) => metadata.name !== node);
  const cidrs = others.flatMap(({ podCIDRs }) => podCIDRs.flatMap((text) => parseCidr(text) ?? []));
  const beside = about.endpoints.filter(
    ({ endpoint }) => endpoint.nodeName !== undefined && endpoint.nodeName !== node,
  );
  const near = beside.flatMap(({ address }) => parseIp(address) ?? []).find((ip) => ip.family === family);
  const base = cidrs.find((cidr) => cidr.family === family) ?? near;
  const found = base && free(about, base.bytes);
  return found && found.text !== here?.text ? found : undefined;
}

/** The highest address up to .254, in the same 256 addresses as `bytes`, that no endpoint has. */
function free({ endpoints }: About, bytes: readonly number[]): Ip | undefined {
  const used = new Set(endpoints.map(({ address }) => address));
  for (let last = 254; last > 0; last--) {
    const ip = ipOf([...bytes.slice(0, -1), last]);
    if (!used.has(ip.text)) return ip;
  }
  return undefined;
}

function anotherNode({ snapshot }: About, { name, family }: NodeContext): Ip | undefined {
  return snapshot.nodes
    .filter(({ metadata }) => metadata.name !== name)
    .flatMap(({ addresses }) => addresses)
    .filter(({ type }) => type === 'InternalIP')
    .flatMap(({ address }) => parseIp(address) ?? [])
    .find((ip) => ip.family === family);
}

/** Documentation addresses (RFC 5737, 3849, 9637); with source ranges, one inside the ranges and one outside. */
function outsides(family: Family, { frontends }: ServicePort): readonly { readonly name: string; readonly ip: Ip }[] {
  const texts = family === 'ipv4' ? ['198.51.100.7', '192.0.2.7', '203.0.113.7'] : ['2001:db8:f::7', '3fff::7'];
  const candidates = texts.flatMap((text) => parseIp(text) ?? []);
  const ranges = frontends.flatMap(({ sourceRanges }) => sourceRanges?.ranges ?? []);
  const isIn = (ip: Ip) => ranges.some((range) => contains(range, ip));
  const [first] = candidates;
  if (ranges.length === 0 || !first) return first ? [{ name: 'outside', ip: first }] : [];
  const [range] = ranges;
  const inside =
    range &&
    ipOf([...range.bytes.slice(0, -1), (range.bytes.at(-1) ?? 0) | (range.prefix < range.bytes.length * 8 ? 1 : 0)]);
  const other = candidates.find((ip) => !isIn(ip));
  return [
    ...(inside ? [{ name: 'outside, in the ranges', ip: inside }] : []),
    ...(other ? [{ name: 'outside', ip: other }] : []),
  ];
}

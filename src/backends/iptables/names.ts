/**
 * Names of chains, exactly those of kube-proxy, so that its rules and ours can be compared and taken over.
 */
import { joinHostPort } from '../../ip.js';
import { formatServicePortName, type ServicePortName } from '../../resolve/types.js';
import { hashName, shortHash } from '../shared/hash.js';
import type { ServiceChains } from '../shared/service-chains.js';

/** Chains that every node has. */
export const CHAIN = {
  services: 'KUBE-SERVICES',
  externalServices: 'KUBE-EXTERNAL-SERVICES',
  nodePorts: 'KUBE-NODEPORTS',
  forward: 'KUBE-FORWARD',
  proxyFirewall: 'KUBE-PROXY-FIREWALL',
  kubeletFirewall: 'KUBE-FIREWALL',
  postrouting: 'KUBE-POSTROUTING',
} as const;

/** Chains of layout fast that every node has, beside those of kube-proxy. */
export const FAST_CHAIN = {
  /** Leads to the Services, by virtual IP and by node port. */
  services: 'VIPC-SERVICES',
  nodePorts: 'VIPC-NODEPORTS',
  /** Masquerades connections of an endpoint to itself. */
  hairpin: 'VIPC-HAIRPIN',
} as const;

/** The chains that one ServicePort may have in layout fast; the hash is that of kube-proxy's chains. */
export interface FastChains {
  /** Cluster-policy endpoints. */
  readonly cluster: string;
  /** Local-policy endpoints. */
  readonly local: string;
  /** Entrance of traffic that is always masqueraded. */
  readonly external: string;
}

/** The chain names of a ServicePort in layout fast. */
export function fastChains(name: ServicePortName): FastChains {
  const hash = shortHash(hashedName(name), HASH);
  return { cluster: `VIPC-SVC-${hash}`, local: `VIPC-SVL-${hash}`, external: `VIPC-EXT-${hash}` };
}

/** The chain of an address and port that several ServicePorts claim, or whose mark must be cleared first. */
export function keyChain(key: string): string {
  return `VIPC-KEY-${shortHash(key, HASH)}`;
}

/** The chain of a part of a tree, such as `VIPC-IP-10.96.16.0-20`; by hash where that is too long for a name. */
export function partChain(tree: string, part: string): string {
  const name = `VIPC-${tree}-${part}`;
  return name.length <= MAX_NAME ? name : `VIPC-${tree}-${shortHash(part, HASH)}`;
}

/** XT_EXTENSION_MAXNAMELEN, without the zero at its end. */
const MAX_NAME = 28;

/** The chain names of a ServicePort. */
export function serviceChains(name: ServicePortName): ServiceChains {
  const hash = shortHash(hashedName(name), HASH);
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  };
}

/** The chain of one endpoint of a ServicePort; also the name of its list of recent clients. */
export function endpointChain(name: ServicePortName, endpoint: { readonly ip: string; readonly port: number }): string {
  return hashName('KUBE-SEP-', hashedName(name) + joinHostPort(endpoint.ip, endpoint.port), HASH);
}

/** 80 bits, because a chain name holds 28 characters (k/k portProtoHash, servicePortEndpointChainName). */
const HASH = 16;

function hashedName(name: ServicePortName): string {
  return formatServicePortName(name) + name.protocol.toLowerCase();
}

/**
 * Names of chains, exactly those of kube-proxy, so that its rules and ours can be compared and taken over.
 */
import * as crypto from 'node:crypto';
import { joinHostPort } from '../../ip.js';
import { formatServicePortName, type ServicePortName } from '../../resolve/types.js';

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

/** The chains that one ServicePort may have; lower decides which of them exist. */
export interface ServiceChains {
  /** Cluster-policy endpoints. */
  readonly cluster: string;
  /** Local-policy endpoints. */
  readonly local: string;
  /** Entrance of traffic from outside the cluster. */
  readonly external: string;
  /** Source-range filter before the external chain. */
  readonly firewall: string;
}

/** The chain names of a ServicePort. */
export function serviceChains(name: ServicePortName): ServiceChains {
  const hash = shortHash(hashedName(name));
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  };
}

/** The chain of one endpoint of a ServicePort; also the name of its list of recent clients. */
export function endpointChain(name: ServicePortName, endpoint: { readonly ip: string; readonly port: number }): string {
  return `KUBE-SEP-${shortHash(hashedName(name) + joinHostPort(endpoint.ip, endpoint.port))}`;
}

function hashedName(name: ServicePortName): string {
  return formatServicePortName(name) + name.protocol.toLowerCase();
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The first 16 characters of the base32 SHA-256: 80 bits, because a chain name holds 28 characters
 * (k/k portProtoHash, servicePortEndpointChainName).
 */
function shortHash(text: string): string {
  const hex = crypto.hash('sha256', text, 'hex');
  const letters: number[] = [];
  for (let i = 0; i < 20; i += 5) {
    const bits = Number.parseInt(hex.slice(i, i + 5), 16);
    for (let shift = 15; shift >= 0; shift -= 5) letters.push(BASE32.charCodeAt((bits >> shift) & 31));
  }
  // In one call: a string built letter by letter keeps all its intermediate forms, and there are 100,000 of them.
  return String.fromCharCode(...letters);
}

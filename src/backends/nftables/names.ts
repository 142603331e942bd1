/**
 * Names of nftables mode, exactly those of kube-proxy 1.36, so that its rules and ours can be compared and taken over
 * (k/k pkg/proxy/nftables). A `/` in the name of a chain shows that it belongs to one ServicePort.
 */
import type { ServicePortName } from '../../resolve/types.js';
import { shortHash } from '../shared/hash.js';
import type { ServiceChains } from '../shared/service-chains.js';

/** The table, one in each family, and its comment. */
export const TABLE = 'kube-proxy';
export const TABLE_COMMENT = 'rules for kube-proxy';

/** Chains that every node has, beside the base chains. */
export const CHAIN = {
  nodePortEndpoints: 'nodeport-endpoints-check',
  serviceEndpoints: 'service-endpoints-check',
  firewall: 'firewall-check',
  services: 'services',
  masquerading: 'masquerading',
  clusterIPs: 'cluster-ips-check',
  reject: 'reject-chain',
} as const;

/** Sets and maps that every node has; without `nodePortIPs` where every local address serves node ports. */
export const SET = {
  hairpin: 'hairpin-connections',
  clusterIPs: 'cluster-ips',
  nodePortIPs: 'nodeport-ips',
  noEndpointServices: 'no-endpoint-services',
  noEndpointNodePorts: 'no-endpoint-nodeports',
  firewallIPs: 'firewall-ips',
  serviceIPs: 'service-ips',
  serviceNodePorts: 'service-nodeports',
} as const;

/** The chain of layout fast that every node has, and no table of kube-proxy. */
export const SOURCES_CHAIN = 'firewall/source-ranges';

/** The chain names of a ServicePort. */
export function serviceChains(name: ServicePortName): ServiceChains {
  const base = baseName(nameOf(name));
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
  };
}

/** The chain of one endpoint of a ServicePort with session affinity, and the set of its clients. */
export function endpointNames(
  name: ServicePortName,
  { ip, port }: { readonly ip: string; readonly port: number },
): { readonly chain: string; readonly clients: string } {
  const base = baseName(`${nameOf(name)}__${ip.replaceAll(':', '.')}/${port}`);
  return { chain: `endpoint-${base}`, clients: `affinity-${base}` };
}

function nameOf({ namespace, service, protocol, port }: ServicePortName): string {
  return `${namespace}/${service}/${protocol.toLowerCase()}/${port}`;
}

/** A name of nftables has 255 characters at most; 240 leave room for what stands before it. */
const MAX_NAME = 240;

/** The hash tells cut names apart. */
function baseName(text: string): string {
  const name = `${shortHash(text, 8)}-${text}`;
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 3)}...` : name;
}

/** A name of a ServicePort's chain or set in a text; Service, and port if it has a name. */
export const SERVICE_NAME =
  /\b(?:service|local|external|firewall|endpoint|affinity)-[A-Z2-7]{8}-([^/\s]+\/[^/\s]+)\/[a-z]+\/([a-z0-9-]*?)(?=__|[\s,]|$)/;

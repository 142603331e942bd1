/**
 * discover: the name and the addresses of a zone's name server.
 */
import { parseIp } from '../../ip.js';
import { compare } from '../../order.js';
import type { Service } from '../../read/types.js';
import { addressRecord } from './parts.js';
import type { DnsRecord } from './record.js';

/** The name of the server, as in CoreDNS (plugin/kubernetes, defaultNSName). */
export function nameServer(zone: string): string {
  return `ns.dns.${zone}`;
}

/** The cluster IPs of the cluster's DNS under the name server's name; none when its Service is not in the snapshot. */
export function nameServerRecords(services: readonly Service[], zone: string): readonly DnsRecord[] {
  const dns = dnsService(services);
  if (!dns) return [];
  return dns.spec.clusterIPs.flatMap((text) => {
    const synthetic = dns.allocated?.clusterIPs.includes(text) ?? false;
    const ip = parseIp(text);
    return ip ? [addressRecord(nameServer(zone), ip, { origin: dns.origin, synthetic })] : [];
  });
}

/**
 * The Service of the cluster's DNS. Distributions name it kube-system/kube-dns whatever server runs, or at least label
 * it so. The name has precedence, because NodeLocal DNSCache sets the label on a second Service.
 */
function dnsService(services: readonly Service[]): Service | undefined {
  const candidates = services.filter(
    ({ metadata, spec }) =>
      metadata.namespace === 'kube-system' &&
      (metadata.name === 'kube-dns' || metadata.labels['k8s-app'] === 'kube-dns') &&
      spec.clusterIPs.some((text) => text !== 'None'),
  );
  const [first] = candidates.toSorted((a, b) => compare(order(a), order(b)));
  return first;
}

function order({ metadata }: Service): string {
  return `${metadata.name === 'kube-dns' ? 0 : 1} ${metadata.name}`;
}

/**
 * discover: the records of pods' addresses, which are computed from the question and are in no zone.
 */
import { parseIp } from '../../ip.js';
import type { Snapshot } from '../../read/types.js';
import { TTL } from './parts.js';
import type { DnsRecord } from './record.js';

/**
 * `10-244-1-5.default.pod.cluster.local.` is 10.244.1.5 even if there is no such pod, but only in an existing
 * namespace: CoreDNS's `pods insecure`, which kubeadm sets, for the specification's deprecated records (2.6).
 */
export function podRecords(
  { namespaces, services, pods }: Snapshot,
  domain: string,
): (name: string) => DnsRecord | undefined {
  const suffix = `.pod.${domain.toLowerCase()}.`;
  const known = new Set([
    ...namespaces.map(({ metadata }) => metadata.name),
    ...[...services, ...pods].map(({ metadata }) => metadata.namespace),
  ]);
  return (name) => {
    if (!name.endsWith(suffix)) return undefined;
    const [label = '', namespace = '', ...rest] = name.slice(0, -suffix.length).split('.');
    if (rest.length > 0 || !known.has(namespace)) return undefined;
    const ip = parseIp(label.replaceAll('-', '.')) ?? parseIp(label.replaceAll('-', ':'));
    return ip && { name, ttl: TTL, type: ip.family === 'ipv4' ? 'A' : 'AAAA', address: ip.text };
  };
}

/**
 * discover: Snapshot → the DNS records of its Services, by the Kubernetes DNS-Based Service Discovery specification
 * 1.1.0 (kubernetes/dns, docs/specification.md).
 */
import type { Checked, Diagnostic } from '../../diag.js';
import { parseIp } from '../../ip.js';
import {
  type EndpointSlice,
  isHeadless,
  keyOf,
  type Service,
  type Snapshot,
  slicesByService,
} from '../../read/types.js';
import { headlessRecords } from './headless.js';
import { addressRecord, type Claim, claim, record, settle, srvRecord, TTL } from './parts.js';
import type { DnsRecord } from './record.js';
import { nameServerRecords } from './server.js';
import { tidied } from './tidy.js';

/** The version of the specification, which is itself a record (2.2). */
export const SCHEMA_VERSION = '1.1.0';

/** All records of the cluster whose domain is `domain`, such as `cluster.local`; sorted. */
export function recordsOf(snapshot: Snapshot, domain: string): Checked<readonly DnsRecord[]> {
  const zone = `${domain.toLowerCase()}.`;
  const slices = slicesByService(snapshot.slices);
  const made = snapshot.services.map((service) => ofService(service, slices.get(keyOf(service)) ?? [], zone));
  const records = [
    { name: `dns-version.${zone}`, ttl: TTL, type: 'TXT', text: SCHEMA_VERSION } as const,
    ...nameServerRecords(snapshot.services, zone),
    ...made.flatMap((each) => each.records),
    ...settle(made.flatMap((each) => each.claims)),
  ];
  const { value, diagnostics } = tidied(records);
  return { value, diagnostics: [...made.flatMap((each) => each.notes), ...diagnostics] };
}

interface Made {
  readonly records: readonly DnsRecord[];
  /** Claims to PTR records. */
  readonly claims: readonly Claim[];
  readonly notes: readonly Diagnostic[];
}

const NONE: Made = { records: [], claims: [], notes: [] };

function ofService(service: Service, slices: readonly EndpointSlice[], zone: string): Made {
  const { metadata, spec, origin } = service;
  const name = `${metadata.name}.${metadata.namespace}.svc.${zone}`;
  if (spec.type === 'ExternalName') {
    const target = `${spec.externalName.toLowerCase().replace(/\.$/, '')}.`;
    return { ...NONE, records: [record(name, { type: 'CNAME', target }, { origin, synthetic: false })] };
  }
  if (isHeadless({ spec })) return { ...headlessRecords(service, slices, name), notes: foreign(slices) };
  return spec.clusterIPs.length === 0 ? { ...NONE, notes: [noAddress(service)] } : clusterIPRecords(service, name);
}

/** Addresses, an SRV record for each named port, and PTR records (2.3). SRV records are never synthetic. */
function clusterIPRecords({ spec, allocated, origin }: Service, name: string): Made {
  const ips = spec.clusterIPs.flatMap((text) => {
    const synthetic = allocated?.clusterIPs.includes(text) ?? false;
    const ip = parseIp(text);
    return ip ? [{ ip, from: { origin, synthetic } }] : [];
  });
  const named = spec.ports.filter((port) => port.name !== '');
  return {
    records: [
      ...ips.map(({ ip, from }) => addressRecord(name, ip, from)),
      ...named.map(({ name: port, protocol, port: number }) =>
        srvRecord({ port, protocol, number }, name, name, { origin, synthetic: false }),
      ),
    ],
    claims: ips.map(({ ip, from }) => claim(ip, name, 'Service', from)),
    notes: [],
  };
}

function noAddress({ origin }: Service): Diagnostic {
  const message = `${origin.object} has no cluster IP, so it has no DNS records`;
  const hint = 'an API server allocates one; so does --simulate';
  return { code: 'no-cluster-ip', severity: 'note', message, origin, hint };
}

/** Notes on FQDN slices: the specification does not define records for endpoints that are names. */
function foreign(slices: readonly EndpointSlice[]): readonly Diagnostic[] {
  return slices
    .filter(({ addressType, endpoints }) => addressType === 'FQDN' && endpoints.length > 0)
    .map(({ origin }) => {
      const message = `${origin.object} has no DNS records: its endpoints are names, not addresses`;
      return { code: 'fqdn-slice', severity: 'note', message, origin };
    });
}

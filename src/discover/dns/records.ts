/**
 * discover: Snapshot → the DNS records of its Services, by the Kubernetes DNS-Based Service Discovery specification 1.1.0
 * (kubernetes/dns, docs/specification.md).
 */
import type { Checked, Diagnostic } from '../../diag.js';
import { parseIp } from '../../ip.js';
import { type EndpointSlice, keyOf, type Service, type Snapshot, serviceOf } from '../../read/types.js';
import { headlessRecords } from './headless.js';
import { compare, fits, fromRoot, MAX_LABEL, MAX_NAME } from './names.js';
import { addressRecord, type Claim, claim, record, settle, srvRecord, TTL } from './parts.js';
import { dataText, identity } from './rdata.js';
import type { DnsRecord } from './record.js';
import { nameServerRecords } from './server.js';

/** The version of the specification, which the cluster's DNS tells itself (2.2). */
export const SCHEMA_VERSION = '1.1.0';

/** All records of the cluster whose domain is `domain`, such as `cluster.local`; sorted. */
export function recordsOf(snapshot: Snapshot, domain: string): Checked<readonly DnsRecord[]> {
  const zone = `${domain.toLowerCase()}.`;
  const slices = byService(snapshot.slices);
  const made = snapshot.services.map((service) => ofService(service, slices.get(keyOf(service)) ?? [], zone));
  const records = [
    { name: `dns-version.${zone}`, ttl: TTL, type: 'TXT', text: SCHEMA_VERSION } as const,
    ...nameServerRecords(snapshot.services, zone),
    ...made.flatMap((each) => each.records),
    ...settle(made.flatMap((each) => each.claims)),
  ];
  const tooLong = records.filter((each) => !isPossible(each));
  return {
    value: sorted(once(records.filter(isPossible))),
    diagnostics: [...made.flatMap((each) => each.notes), ...leftOut(sorted(tooLong))],
  };
}

interface Made {
  readonly records: readonly DnsRecord[];
  /** PTR records that it would like to have. */
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
  if (spec.clusterIPs[0] === 'None') return { ...headlessRecords(service, slices, name), notes: foreign(slices) };
  return spec.clusterIPs.length === 0 ? { ...NONE, notes: [noAddress(service)] } : clusterIPRecords(service, name);
}

/** An address, an SRV record for each named port, and a PTR record (2.3). The name and its ports are never made up. */
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
  const hint = 'an API server allocates one; --simulate does as it would';
  return { code: 'no-cluster-ip', severity: 'note', message, origin, hint };
}

/** What endpoints that are names would lead to, the specification does not say. */
function foreign(slices: readonly EndpointSlice[]): readonly Diagnostic[] {
  return slices
    .filter(({ addressType, endpoints }) => addressType === 'FQDN' && endpoints.length > 0)
    .map(({ origin }) => {
      const message = `${origin.object} has no DNS records: its endpoints are names, not addresses`;
      return { code: 'fqdn-slice', severity: 'note', message, origin };
    });
}

function byService(slices: readonly EndpointSlice[]): ReadonlyMap<string, readonly EndpointSlice[]> {
  const found = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const service = serviceOf(slice);
    if (service === undefined) continue;
    const others = found.get(service);
    if (others) others.push(slice);
    else found.set(service, [slice]);
  }
  return found;
}

/** Two slices may list one endpoint. What is in the input is not made up, though somebody made it up as well. */
function once(records: readonly DnsRecord[]): readonly DnsRecord[] {
  const found = new Map<string, DnsRecord>();
  for (const each of records) {
    const key = identity(each);
    if (found.get(key)?.synthetic !== undefined || !found.has(key)) found.set(key, each);
  }
  return [...found.values()];
}

/** By name from the root on, then type and data. */
function sorted(records: readonly DnsRecord[]): readonly DnsRecord[] {
  const keyed = records.map((each) => ({ each, key: fromRoot(each.name) }));
  keyed.sort((a, b) => compare(a.key, b.key) || compare(a.each.type, b.each.type) || byData(a.each, b.each));
  return keyed.map(({ each }) => each);
}

function byData(a: DnsRecord, b: DnsRecord): number {
  return compare(dataText(a), dataText(b));
}

function isPossible(each: DnsRecord): boolean {
  return fits(each.name) && (!('target' in each) || fits(each.target));
}

/** One for each Service. The API allows more than DNS does: a port's name of 63 characters has an underscore before it. */
function leftOut(records: readonly DnsRecord[]): readonly Diagnostic[] {
  const first = new Map(records.toReversed().map((each) => [each.origin?.object, each]));
  return [...first.values()].map((each) => {
    const name = 'target' in each && fits(each.name) ? each.target : each.name;
    const message = `its record ${each.type} ${shortened(name)} is left out, maybe others too: the name is too long for DNS`;
    const hint = `a label has at most ${MAX_LABEL} characters, a name ${MAX_NAME}`;
    return {
      code: 'dns-name-too-long',
      severity: 'warning',
      message,
      hint,
      ...(each.origin ? { origin: each.origin } : {}),
    };
  });
}

function shortened(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}

/**
 * clusters: Services of the clusterset → DNS records of the zone clusterset.local, by the multi-cluster DNS
 * specification 1.0.0 (KEP-1645, specification.md). The cluster's own zone has none of them and stays as it is.
 *
 * There are no PTR records: an address has one name, and the KEP leaves that to the cluster's own zone. There is no
 * name for all endpoints of one cluster: `<clusterid>.<svc>.<ns>.svc` has no records, only the names below it have.
 */
import type { Checked } from '../diag.js';
import { addressLabel } from '../discover/dns/names.js';
import { addressRecord, srvRecord, TTL } from '../discover/dns/parts.js';
import type { DnsRecord } from '../discover/dns/record.js';
import { tidied } from '../discover/dns/tidy.js';
import { parseIp } from '../ip.js';
import type { EndpointSlice } from '../read/types.js';
import type { ClustersetService } from './imports.js';
import { SOURCE_CLUSTER_LABEL } from './slices.js';

/** The zone's domain, fixed by the KEP. */
export const CLUSTERSET_DOMAIN = 'clusterset.local';

/** The version of the specification (1). */
export const CLUSTERSET_SCHEMA_VERSION = '1.0.0';

const ZONE = `${CLUSTERSET_DOMAIN}.`;

/** All records of the zone as one cluster sees it. */
export function clustersetRecords(services: readonly ClustersetService[]): Checked<readonly DnsRecord[]> {
  const version = { name: `dns-version.${ZONE}`, ttl: TTL, type: 'TXT', text: CLUSTERSET_SCHEMA_VERSION } as const;
  return tidied([version, ...services.flatMap(recordsOf)]);
}

function recordsOf(service: ClustersetService): readonly DnsRecord[] {
  const name = `${service.name}.${service.namespace}.svc.${ZONE}`;
  if (service.type === 'ClusterSetIP') return addressedRecords(service, name);
  return service.slices.flatMap((slice) => endpointRecords(service, slice, name));
}

/** An address of each family, and an SRV record for each named port (2.3). */
function addressedRecords({ ips, allocated, ports, origin }: ClustersetService, name: string): readonly DnsRecord[] {
  if (ips.length === 0) return [];
  return [
    ...ips.flatMap((text) => {
      const ip = parseIp(text);
      return ip ? addressRecord(name, ip, { origin, synthetic: allocated.includes(text) }) : [];
    }),
    ...ports
      .filter((port) => port.name !== '')
      .map(({ name: port, protocol, port: number }) =>
        srvRecord({ port, protocol, number }, name, name, { origin, synthetic: false }),
      ),
  ];
}

/** For each ready endpoint: its address under the Service's name and under its own, and SRV records (2.4). */
function endpointRecords(
  { ports, origin }: ClustersetService,
  slice: EndpointSlice,
  name: string,
): readonly DnsRecord[] {
  const cluster = slice.metadata.labels[SOURCE_CLUSTER_LABEL];
  const named = slice.ports.filter((port) => port.name !== '' && ports.some((known) => known.name === port.name));
  return slice.endpoints
    .filter(({ conditions }) => conditions.ready !== false)
    .flatMap(({ addresses, hostname, simulated }) => {
      const from = { origin, synthetic: slice.synthetic === 'simulated Pods' || simulated === true };
      return addresses.flatMap((text) => {
        const ip = parseIp(text);
        if (!ip || slice.addressType.toLowerCase() !== ip.family) return [];
        // A slice without the source-cluster label gives its endpoints no names of their own.
        const own = cluster && `${hostname ?? addressLabel(ip)}.${cluster}.${name}`;
        if (!own) return [addressRecord(name, ip, from)];
        const services = named.flatMap(({ name: port, protocol, port: number }) =>
          number === undefined ? [] : srvRecord({ port, protocol, number }, name, own, from),
        );
        return [addressRecord(name, ip, from), addressRecord(own, ip, from), ...services];
      });
    });
}

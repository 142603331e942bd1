/**
 * discover: a headless Service and its EndpointSlices → DNS records, and claims of its endpoints to PTR records.
 */
import { type Ip, parseIp } from '../../ip.js';
import type { EndpointSlice, Service, SliceEndpoint } from '../../read/types.js';
import { addressLabel } from './names.js';
import { addressRecord, type Claim, claim, srvRecord } from './parts.js';
import type { DnsRecord } from './record.js';

/**
 * For each ready endpoint: its address under the Service's name and under its own, and an SRV record for each named
 * port (Kubernetes DNS-Based Service Discovery 1.1.0, 2.4). Without ready endpoints the name does not exist. The
 * specification says "the Service's port", but the number is the endpoint's, as in CoreDNS, because no proxy translates
 * ports of a headless Service.
 */
export function headlessRecords(
  { origin }: Service,
  slices: readonly EndpointSlice[],
  name: string,
): { readonly records: readonly DnsRecord[]; readonly claims: readonly Claim[] } {
  const records: DnsRecord[] = [];
  const claims: Claim[] = [];
  for (const slice of slices) {
    for (const endpoint of slice.endpoints.filter(isReady)) {
      const from = { origin, synthetic: slice.synthetic !== undefined || endpoint.simulated === true };
      for (const ip of addressesOf(slice, endpoint)) {
        const own = `${endpoint.hostname ?? addressLabel(ip)}.${name}`;
        records.push(addressRecord(name, ip, from), addressRecord(own, ip, from));
        claims.push(claim(ip, own, endpoint.hostname === undefined ? 'unnamed endpoint' : 'named endpoint', from));
        for (const { name: port, protocol, port: number } of slice.ports) {
          if (port !== '' && number !== undefined) records.push(srvRecord({ port, protocol, number }, name, own, from));
        }
      }
    }
  }
  return { records, claims };
}

/** An unset condition counts as ready (discovery.k8s.io/v1, EndpointConditions). */
function isReady({ conditions }: SliceEndpoint): boolean {
  return conditions.ready !== false;
}

/** The addresses of the slice's family. */
function addressesOf({ addressType }: EndpointSlice, { addresses }: SliceEndpoint): readonly Ip[] {
  return addresses.flatMap((text) => {
    const ip = parseIp(text);
    return ip && addressType.toLowerCase() === ip.family ? [ip] : [];
  });
}

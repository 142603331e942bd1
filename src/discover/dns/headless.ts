/**
 * discover: a headless Service and its EndpointSlices → DNS records, and the PTR records that its endpoints claim.
 */
import { type Ip, parseIp } from '../../ip.js';
import type { EndpointSlice, Service, SliceEndpoint } from '../../read/types.js';
import { addressLabel } from './names.js';
import { addressRecord, type Claim, claim, srvRecord } from './parts.js';
import type { DnsRecord } from './record.js';

/**
 * For each ready endpoint an address on the Service's name and on its own, and an SRV record for each of its named ports
 * (Kubernetes DNS-Based Service Discovery 1.1.0, 2.4). Without any there is no record, so the name does not exist. The
 * specification speaks of the Service's ports; the number is the endpoint's own, as CoreDNS answers, because nothing
 * translates the Service's on the way to a headless one.
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

/** What nobody says counts as ready (discovery.k8s.io/v1, EndpointConditions). */
function isReady({ conditions }: SliceEndpoint): boolean {
  return conditions.ready !== false;
}

/** Those of the family that the slice is for. */
function addressesOf({ addressType }: EndpointSlice, { addresses }: SliceEndpoint): readonly Ip[] {
  return addresses.flatMap((text) => {
    const ip = parseIp(text);
    return ip && addressType.toLowerCase() === ip.family ? [ip] : [];
  });
}

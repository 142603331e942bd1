/**
 * clusters: Clusters → DNS records of a federation's Services, as federation v1 published them (kubernetes-retired/
 * federation, pkg/federation-controller/service/dns/dns.go). Each Service has names at three levels:
 *
 *     <svc>.<ns>.<federation>.svc.<zone>.<region>.<domain>     its shards in a zone
 *     <svc>.<ns>.<federation>.svc.<region>.<domain>            in a region
 *     <svc>.<ns>.<federation>.svc.<domain>                     anywhere
 *
 * A name has the addresses of its healthy shards, else it is a CNAME to the level above. Without any healthy shard the
 * topmost name does not exist.
 */
import type { Checked, Diagnostic, Origin } from '../diag.js';
import { show } from '../diag.js';
import type { DnsRecord } from '../discover/dns/record.js';
import { tidied } from '../discover/dns/tidy.js';
import { compare } from '../order.js';
import { DNS1123_LABEL } from '../read/names.js';
import type { Cluster } from './clusters.js';
import { type FederatedService, federatedServices, type Shard } from './shards.js';

/** The TTL of records in seconds (dns.go, minDNSTTL). */
export const FEDERATION_TTL = 180;

export interface Federation {
  /** A DNS label. */
  readonly name: string;
  /** The domain of its names, such as `example.com`. */
  readonly domain: string;
}

/** A cluster whose region and zone are known. */
interface Placed {
  readonly name: string;
  readonly region: string;
  readonly zone: string;
}

/** All records of the federation; none, with errors, when the place of a cluster is unknown. */
export function federationRecords(clusters: readonly Cluster[], federation: Federation): Checked<readonly DnsRecord[]> {
  const errors = clusters.flatMap(misplaced);
  if (errors.length > 0) return { value: [], diagnostics: errors };
  const places = clusters.map(({ name, region = '', zone = '' }): Placed => ({ name, region, zone }));
  const made = federatedServices(clusters).map((service) => serviceRecords(service, places, federation));
  const zone = tidied(made.flatMap(({ value }) => value));
  return { value: zone.value, diagnostics: [...made.flatMap((each) => each.diagnostics), ...zone.diagnostics] };
}

function misplaced({ name, region, zone }: Cluster): readonly Diagnostic[] {
  const places = Object.entries({ region, zone });
  const hint = `give it: --cluster ${name}=PATH,region=REGION,zone=ZONE`;
  return places
    .filter(([, place]) => place === undefined || !DNS1123_LABEL.matches(place))
    .map(([what, place]) => {
      const message =
        place === undefined
          ? `cluster ${name} has no ${what}: no Node has the label topology.kubernetes.io/${what}`
          : `cluster ${name} has a ${what} that is no DNS label: ${show(place)}`;
      return { code: `no-${what}`, severity: 'error', message, hint };
    });
}

/** A name, the clusters whose shards it has, and the name one level up. */
interface Level {
  readonly name: string;
  readonly up?: string;
  readonly holds: (place: Placed) => boolean;
}

function serviceRecords(
  service: FederatedService,
  places: readonly Placed[],
  federation: Federation,
): Checked<readonly DnsRecord[]> {
  const healthy = service.shards.filter((shard) => shard.ready && shard.ips.length + shard.hostnames.length > 0);
  const levels = levelsOf(service, places, federation).map((level) => {
    const names = new Set(places.filter(level.holds).map(({ name }) => name));
    return recordsAt(
      level,
      healthy.filter(({ cluster }) => names.has(cluster)),
      service.origin,
    );
  });
  return { value: levels.flatMap(({ value }) => value), diagnostics: notResolved(healthy, levels) };
}

/** A level for every zone and region of a cluster, with or without the Service: its pods ask for the nearest shard. */
function levelsOf(
  { namespace, name }: FederatedService,
  places: readonly Placed[],
  federation: Federation,
): readonly Level[] {
  const prefix = `${name}.${namespace}.${federation.name}.svc`;
  const domain = `${federation.domain.toLowerCase()}.`;
  const global = `${prefix}.${domain}`;
  const levels = new Map<string, Level>([[global, { name: global, holds: () => true }]]);
  for (const { region, zone } of places) {
    const wide = `${prefix}.${region}.${domain}`;
    const near = `${prefix}.${zone}.${region}.${domain}`;
    levels.set(wide, { name: wide, up: global, holds: (at) => at.region === region });
    levels.set(near, { name: near, up: wide, holds: (at) => at.region === region && at.zone === zone });
  }
  return [...levels.values()];
}

interface AtLevel {
  readonly name: string;
  readonly value: readonly DnsRecord[];
  /** Names of load balancers that the level has no record for. */
  readonly leftOut: readonly string[];
}

/**
 * The records of one name. The controller resolved hostnames; vipc does not. A single hostname becomes a CNAME; beside
 * addresses or other hostnames it is left out, because a CNAME must be the only record of its name (RFC 1034, 3.6.2).
 */
function recordsAt({ name, up }: Level, shards: readonly Shard[], origin: Origin): AtLevel {
  const ips = unique(shards.flatMap((shard) => shard.ips));
  const [first, ...others] = unique(shards.flatMap((shard) => shard.hostnames));
  const about = { name, ttl: FEDERATION_TTL, origin };
  if (ips.length > 0) {
    const value = ips.map((address): DnsRecord => {
      const by = shards.filter((shard) => shard.ips.includes(address));
      const type = address.includes(':') ? 'AAAA' : 'A';
      return { ...about, ...madeUp(by), type, address, origin: by[0]?.origin ?? origin };
    });
    return { name, value, leftOut: first === undefined ? [] : [first, ...others] };
  }
  if (first !== undefined) {
    const by = shards.filter((shard) => shard.hostnames.includes(first));
    const record = {
      ...about,
      ...madeUp(by),
      type: 'CNAME',
      target: `${first}.`,
      origin: by[0]?.origin ?? origin,
    } as const;
    return { name, value: [record], leftOut: others };
  }
  return { name, value: up === undefined ? [] : [{ ...about, type: 'CNAME', target: up }], leftOut: [] };
}

/** Synthetic, when only simulated pods make the shards healthy. */
function madeUp(shards: readonly Shard[]): { readonly synthetic?: true } {
  return shards.every(({ simulated }) => simulated) ? { synthetic: true } : {};
}

function notResolved(shards: readonly Shard[], levels: readonly AtLevel[]): readonly Diagnostic[] {
  return shards.flatMap(({ cluster, hostnames, origin }) =>
    hostnames.flatMap((hostname): readonly Diagnostic[] => {
      const names = levels.filter(({ leftOut }) => leftOut.includes(hostname)).map(({ name }) => name);
      if (names.length === 0) return [];
      const message = `the load balancer in ${cluster} is the name ${hostname}, which is not looked up: it is missing in ${names.join(' and ')}`;
      const hint = 'a name can be a CNAME to one load balancer only, and not beside addresses';
      return [{ code: 'federation-hostname', severity: 'warning', message, origin, hint }];
    }),
  );
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort(compare);
}

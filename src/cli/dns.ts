/**
 * cli: `vipc dns`.
 */
import { CLUSTERSET_DOMAIN, CLUSTERSET_SCHEMA_VERSION, clustersetRecords } from '../clusters/clusterset-dns.js';
import { type Diagnostic, hasErrors } from '../diag.js';
import { isWithin } from '../discover/dns/names.js';
import type { QueryType } from '../discover/dns/record.js';
import { recordsOf, SCHEMA_VERSION } from '../discover/dns/records.js';
import { type Apex, type Zone, zonesOf } from '../discover/dns/zone.js';
import { DNS1123_SUBDOMAIN } from '../read/names.js';
import type { ClusterFlags } from './cluster.js';
import { type ClustersFlags, loadMember, type Member } from './clusters.js';
import { runFederation } from './federation.js';
import { EXIT, type Io } from './io.js';
import { answer, questionOf } from './lookup.js';
import { judged, report } from './report.js';
import { putZones } from './zones.js';

export interface DnsFlags extends ClusterFlags, ClustersFlags {
  readonly domain: string;
  readonly fromNamespace?: string;
  readonly type?: QueryType;
  readonly output?: string;
  readonly format: 'text' | 'json';
  readonly clusterset?: boolean;
  readonly federation?: string;
}

/** Prints or writes the zones of a cluster, or with a namespace answers one question; returns the exit code. */
export async function runDns(args: readonly string[], flags: DnsFlags, io: Io): Promise<number> {
  const { fromNamespace: namespace, output, format } = flags;
  const domain = domainOf(flags.domain);
  if (namespace === undefined && flags.type !== undefined) throw new Error('--type goes with --from-namespace');
  if (output !== undefined && (namespace !== undefined || format === 'json')) {
    throw new Error('-o is for zone files: use it without --from-namespace and --format json');
  }
  if (flags.federation !== undefined) {
    if (domain === 'cluster.local') throw new Error('--federation needs --domain, such as example.com');
    if (namespace !== undefined) throw new Error('--from-namespace looks up names of a cluster, not of a federation');
    return runFederation(args, flags, { name: flags.federation, domain }, io);
  }
  const [first, ...rest] = args;
  const question = namespace === undefined ? undefined : questionOf(first, namespace, domain, flags.type);
  const member = await loadMember(question ? rest : args, flags, io);
  if ('code' in member) return member.code;
  const { records, diagnostics: said, others } = allRecords(member, domain, flags.clusterset === true);
  const diagnostics = judged(said, flags);
  await report(question && !flags.verbose ? withoutNotes(diagnostics) : diagnostics, flags.verbose === true, io);
  if (flags.strict && hasErrors(diagnostics)) return EXIT.different;
  if (question) return answer(member.snapshot, records, { ...question, others }, format, io);
  const zones = zonesOf(records, flags.clusterset ? others : [domain, ...others]);
  return putZones(
    zones.map((zone) => ({ zone, apex: apex(zone, domain) })),
    { output, format },
    io,
  );
}

/** The cluster's own records and those of its clusterset, if it has one; with `shared` only the latter. */
function allRecords({ snapshot, clusterset }: Member, domain: string, shared: boolean) {
  const own = recordsOf(snapshot, domain);
  if (!clusterset && !shared) return { records: own.value, diagnostics: own.diagnostics, others: [] };
  if (domain === CLUSTERSET_DOMAIN) throw new Error(`--domain cannot be ${domain}, the domain of the clusterset`);
  const others = clustersetRecords(clusterset ?? []);
  return {
    records: shared ? others.value : [...own.value, ...others.value],
    diagnostics: shared ? others.diagnostics : [...own.diagnostics, ...others.diagnostics],
    others: [CLUSTERSET_DOMAIN],
  };
}

/** Leaves notes out: a line that counts them would be half of the output of a lookup. */
function withoutNotes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity !== 'note');
}

/** The cluster domain as kubelet and CoreDNS take it, without the trailing dot of the root. */
export function domainOf(text: string): string {
  const domain = text.toLowerCase().replace(/\.$/, '');
  if (!DNS1123_SUBDOMAIN.matches(domain) || domain.split('.').some((label) => label.length > 63))
    throw new Error(`--domain must be a DNS name, is ${JSON.stringify(text)}`);
  if (isWithin(`${domain}.`, 'arpa.')) throw new Error('--domain cannot be in arpa, the domain of reverse lookups');
  return domain;
}

/** The zone's own records (SOA and NS). */
function apex({ origin }: Zone, domain: string): Apex {
  const name = origin.slice(0, -1);
  const what = name === domain ? 'Services' : 'addresses of the Services';
  const about =
    name === CLUSTERSET_DOMAIN
      ? `${name}: Services of all clusters (KEP-1645, multi-cluster DNS ${CLUSTERSET_SCHEMA_VERSION})`
      : `${name}: ${what} of the cluster ${domain} (Kubernetes DNS-Based Service Discovery ${SCHEMA_VERSION})`;
  return { domain: `${domain}.`, about };
}

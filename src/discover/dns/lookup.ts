/**
 * discover: a pod's question → the names that its resolver tries in turn, and the answers of the cluster's DNS.
 */
import { parseIp } from '../../ip.js';
import { isWithin, MAX_NAME, REVERSE_ZONES, reverseName } from './names.js';
import type { DnsRecord, QueryType } from './record.js';

/** ndots as kubelet writes it into resolv.conf: a name with at least as many dots skips the search path. */
export const NDOTS = 5;

/**
 * `upstream`: the name is in no zone of the cluster, so its DNS forwards the question and the answer is unknown.
 * `CNAME`: an answer that leads to such a name. `loop`: CNAMEs that lead to each other.
 */
export type Outcome = 'answer' | 'CNAME' | 'no data' | 'NXDOMAIN' | 'upstream' | 'loop';

/** A name that was tried, and the outcome. */
export interface Try {
  readonly name: string;
  readonly outcome: Outcome;
  /** The name that its CNAMEs lead to. */
  readonly alias?: string;
}

export interface Lookup {
  readonly tries: readonly Try[];
  /** The answers for the last name tried. */
  readonly answers: readonly DnsRecord[];
}

/** The data of the cluster's DNS. */
export interface Known {
  readonly zones: readonly string[];
  readonly records: ReadonlyMap<string, readonly DnsRecord[]>;
  /** All existing names: those with records, and their ancestors (RFC 8020). */
  readonly names: ReadonlySet<string>;
  /** Records that are computed from the question, as those of pods. */
  readonly computed: (name: string) => DnsRecord | undefined;
}

/** The data of a DNS server with `records` for `domains`. */
export function knownOf(
  records: readonly DnsRecord[],
  domains: readonly string[],
  computed: Known['computed'] = () => undefined,
): Known {
  const zones = [...domains.map((domain) => `${domain.toLowerCase()}.`), ...REVERSE_ZONES];
  const byName = new Map<string, DnsRecord[]>();
  const names = new Set(zones);
  for (const record of records) {
    const others = byName.get(record.name);
    if (others) others.push(record);
    else byName.set(record.name, [record]);
    for (let name = record.name; !names.has(name) && name !== ''; name = name.slice(name.indexOf('.') + 1)) {
      names.add(name);
    }
  }
  return { zones, records: byName, names, computed };
}

/** The search path of a pod as absolute names (kubelet's network/dns, generateSearchesForDNSClusterFirst). */
export function searchPath(namespace: string, domain: string): readonly string[] {
  return [`${namespace}.svc.${domain}.`, `svc.${domain}.`, `${domain}.`].map((name) => name.toLowerCase());
}

/** The names that a resolver tries, in order (resolv.conf(5)); undefined when `name` is not a valid name. */
export function candidates(name: string, path: readonly string[]): readonly string[] | undefined {
  const ip = parseIp(name);
  if (ip) return [reverseName(ip)];
  const absolute = name.endsWith('.');
  const asked = (absolute ? name.slice(0, -1) : name).toLowerCase();
  if (asked === '' ? !absolute : asked.length > MAX_NAME || asked.split('.').some(isNoLabel)) return undefined;
  if (asked === '') return ['.'];
  const [asItIs, found] = [`${asked}.`, path.map((suffix) => `${asked}.${suffix}`)];
  if (absolute) return [asItIs];
  const searched = found.filter(({ length }) => length <= MAX_NAME + 1);
  return asked.split('.').length > NDOTS ? [asItIs] : [...searched, asItIs];
}

/** Whether a label has characters that a zone file would escape, or a wrong length. */
function isNoLabel(label: string): boolean {
  return !/^[a-z0-9_-]{1,63}$/.test(label);
}

/**
 * Asks for `types` of each name until one exists, as dig and musl do. glibc also continues after a name without data,
 * and tries the search path last for names with many dots; it finds more only for confusing names.
 */
export function lookup(known: Known, names: readonly string[], types: readonly QueryType[]): Lookup {
  const tries: Try[] = [];
  let answers: readonly DnsRecord[] = [];
  for (const name of names) {
    const found = types.map((type) => ask(known, name, type));
    const outcome = best(found.map((each) => each.outcome));
    const alias = found.find((each) => each.alias !== undefined)?.alias;
    tries.push({ name, outcome, ...(alias === undefined ? {} : { alias }) });
    answers = [...new Set(found.flatMap((each) => each.records))];
    if (outcome !== 'NXDOMAIN' && outcome !== 'upstream') break;
  }
  return { tries, answers };
}

/** The outcome for several types: one answer is enough, and a name exists when it exists for one type. */
function best(outcomes: readonly Outcome[]): Outcome {
  return (
    (['answer', 'CNAME', 'loop', 'no data', 'NXDOMAIN'] as const).find((each) => outcomes.includes(each)) ?? 'upstream'
  );
}

interface Found {
  readonly outcome: Outcome;
  readonly records: readonly DnsRecord[];
  readonly alias?: string;
}

/** One question to the cluster's DNS; CNAMEs are followed within it (RFC 1034, 4.3.2). */
function ask(known: Known, question: string, type: QueryType): Found {
  const chain: DnsRecord[] = [];
  let name = question;
  const found = (outcome: Outcome, hits: readonly DnsRecord[] = []): Found => ({
    outcome,
    records: [...chain, ...hits],
    ...(chain.length === 0 ? {} : { alias: name }),
  });
  for (;;) {
    if (!known.zones.some((zone) => isWithin(name, zone))) return found(chain.length === 0 ? 'upstream' : 'CNAME');
    const there = at(known, name);
    const hits = there.filter((record) => type === 'ANY' || record.type === type);
    if (hits.length > 0) return found('answer', hits);
    const cname = there.find((record) => record.type === 'CNAME');
    if (cname?.type !== 'CNAME') return found(there.length > 0 || known.names.has(name) ? 'no data' : 'NXDOMAIN');
    if (chain.includes(cname)) return found('loop');
    chain.push(cname);
    name = cname.target;
  }
}

function at({ records, computed }: Known, name: string): readonly DnsRecord[] {
  const made = computed(name);
  return records.get(name) ?? (made ? [made] : []);
}

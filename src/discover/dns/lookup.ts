/**
 * discover: a question of a pod → what its resolver asks, one name after the other, and what the cluster's DNS answers.
 */
import { parseIp } from '../../ip.js';
import { isWithin, MAX_NAME, REVERSE_ZONES, reverseName } from './names.js';
import type { DnsRecord, QueryType } from './record.js';

/** What kubelet writes into a pod's resolv.conf: only a name with fewer dots is tried in the search path. */
export const NDOTS = 5;

/**
 * `upstream` is a name of no zone of the cluster: its DNS asks another server, and what a pod gets is not known. `CNAME` is
 * an answer that leads to such a name, `loop` are CNAMEs that lead to each other.
 */
export type Outcome = 'answer' | 'CNAME' | 'no data' | 'NXDOMAIN' | 'upstream' | 'loop';

/** A name that was asked for, and what came of it. */
export interface Try {
  readonly name: string;
  readonly outcome: Outcome;
  /** Where its CNAMEs led. */
  readonly alias?: string;
}

export interface Lookup {
  readonly tries: readonly Try[];
  /** For the last name that was tried. */
  readonly answers: readonly DnsRecord[];
}

/** What the cluster's DNS knows. */
export interface Known {
  readonly zones: readonly string[];
  readonly records: ReadonlyMap<string, readonly DnsRecord[]>;
  /** All names that are there: with records, or above such (RFC 8020). */
  readonly names: ReadonlySet<string>;
  /** Records that are made of the question, as those of pods. */
  readonly computed: (name: string) => DnsRecord | undefined;
}

/** `records` by name, as the DNS of `domains` has them. */
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

/** The search path of a pod (kubelet's network/dns, generateSearchesForDNSClusterFirst), as names. */
export function searchPath(namespace: string, domain: string): readonly string[] {
  return [`${namespace}.svc.${domain}.`, `svc.${domain}.`, `${domain}.`].map((name) => name.toLowerCase());
}

/** The names that a resolver asks for, in order (resolv.conf(5)); undefined when `name` is none. */
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

/** What a zone file needs no escape for, so that the name reads as it was asked. */
function isNoLabel(label: string): boolean {
  return !/^[a-z0-9_-]{1,63}$/.test(label);
}

/**
 * Asks for `types` of each name until one exists. So do dig and musl. glibc goes on after a name without data too, and
 * tries the search path for names with many dots in the end: it finds more only where names are chosen for confusion.
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

/** The outcome for several types: any answer is one, and a name exists when any type says so. */
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

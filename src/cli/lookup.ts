/**
 * cli: one lookup of `vipc dns`, as the resolver of a pod makes it.
 */
import { candidates, knownOf, type Lookup, lookup, type Outcome, searchPath } from '../discover/dns/lookup.js';
import { MAX_NAME } from '../discover/dns/names.js';
import { podRecords } from '../discover/dns/pods.js';
import type { DnsRecord, QueryType } from '../discover/dns/record.js';
import { answerLine } from '../discover/dns/zone.js';
import { parseIp } from '../ip.js';
import type { Snapshot } from '../read/types.js';
import { aligned, LAYOUTS } from '../table.js';
import { asData } from './dns-json.js';
import { EXIT, type Io, writeJson, writeLines } from './io.js';

/** The questions, in the order in which they are tried. */
export interface Question {
  readonly names: readonly string[];
  readonly types: readonly QueryType[];
  readonly domain: string;
  /** Other domains that the cluster's DNS serves. */
  readonly others?: readonly string[];
}

/** The questions of a pod of `namespace` that looks `name` up. An unusable name is an Error. */
export function questionOf(
  name: string | undefined,
  namespace: string,
  domain: string,
  type: QueryType | undefined,
): Question {
  if (name === undefined) throw new Error('name what to look up: vipc dns NAME --from-namespace NS [PATH...]');
  const names = candidates(name, searchPath(namespace, domain));
  if (!names) {
    const rule = `labels of letters, digits, "-" and "_", at most ${MAX_NAME} characters in all`;
    throw new Error(`${JSON.stringify(name)} is no name to look up, nor an IP address: ${rule}`);
  }
  if (parseIp(name)) {
    if (type !== undefined && type !== 'PTR') throw new Error(`an IP address is looked up as PTR, not as ${type}`);
    return { names, types: ['PTR'], domain };
  }
  return { names, types: type === undefined ? ['A', 'AAAA'] : [type], domain };
}

/** Answers go to standard output, the tried names to standard error. */
export async function answer(
  cluster: Snapshot,
  records: readonly DnsRecord[],
  { names, types, domain, others = [] }: Question,
  format: 'text' | 'json',
  io: Io,
): Promise<number> {
  const found = lookup(knownOf(records, [domain, ...others], podRecords(cluster, domain)), names, types);
  const answered = found.tries.some(({ outcome }) => outcome === 'answer' || outcome === 'CNAME');
  if (format === 'json') {
    await writeJson(io.stdout, { types, tries: found.tries, answers: found.answers.map(asData) }, 2);
    return answered ? EXIT.ok : EXIT.different;
  }
  await writeLines(io.stderr, tried(found, types));
  const width = Math.max(0, ...found.answers.map(({ name }) => name.length));
  await writeLines(
    io.stdout,
    found.answers.map((record) => answerLine(record, width)),
  );
  return answered ? EXIT.ok : EXIT.different;
}

const SAYS: Readonly<Record<Outcome, (types: string) => string>> = {
  answer: () => 'answer',
  CNAME: () => 'not of the cluster: its DNS forwards the question, vipc does not ask',
  'no data': (types) => `exists, but has no ${types}`,
  NXDOMAIN: () => 'NXDOMAIN',
  upstream: () => 'not of the cluster: its DNS forwards the question, vipc does not ask',
  loop: () => 'CNAMEs that lead in a circle',
};

/** One line for each name; for a CNAME a second one with the result of its target. */
function* tried({ tries }: Lookup, types: readonly QueryType[]): Generator<string> {
  const rows = tries.flatMap(({ name, outcome, alias }) => {
    const says = SAYS[outcome](types.join(' or '));
    return alias === undefined
      ? [{ name, says }]
      : [
          { name, says: 'CNAME' },
          { name: alias, says },
        ];
  });
  yield* aligned(
    rows.map(({ name, says }) => [name, says]),
    LAYOUTS.describe,
  );
}

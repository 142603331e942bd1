/**
 * clusters, part: records as they are made → records as a zone has them: each once, sorted, none that DNS cannot have.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { compare, fromRoot, MAX_NAME } from '../discover/dns/names.js';
import { dataText, identity } from '../discover/dns/rdata.js';
import type { DnsRecord } from '../discover/dns/record.js';

/** `records`, by name from the root on, then type and data; a warning for each object whose names are too long. */
export function zoneRecords(records: readonly DnsRecord[]): Checked<readonly DnsRecord[]> {
  const found = new Map<string, DnsRecord>();
  const tooLong = new Map<string | undefined, DnsRecord>();
  for (const each of records) {
    const key = identity(each);
    const before = found.get(key);
    // What is in the input is not made up, though somebody made it up as well.
    if (fits(each) && (!before || before.synthetic)) found.set(key, each);
    else if (!fits(each)) tooLong.set(each.origin?.object, each);
  }
  const keyed = [...found.values()].map((each) => ({
    each,
    key: `${fromRoot(each.name)} ${each.type} ${dataText(each)}`,
  }));
  keyed.sort((a, b) => compare(a.key, b.key));
  return { value: keyed.map(({ each }) => each), diagnostics: [...tooLong.values()].map(refusal) };
}

function fits(each: DnsRecord): boolean {
  return each.name.length <= MAX_NAME + 1 && (!('target' in each) || each.target.length <= MAX_NAME + 1);
}

function refusal({ name, origin }: DnsRecord): Diagnostic {
  const message = `has names of more than ${MAX_NAME} characters, which DNS cannot have: these records are left out`;
  const hint = `such as ${name.slice(0, 60)}…`;
  return { code: 'dns-name-too-long', severity: 'warning', message, hint, ...(origin ? { origin } : {}) };
}

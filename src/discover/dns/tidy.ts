/**
 * discover: generated records → the records of a zone: sorted, without duplicates and without names too long for DNS.
 */
import type { Checked, Diagnostic } from '../../diag.js';
import { compare } from '../../order.js';
import { fits, fromRoot, MAX_LABEL, MAX_NAME } from './names.js';
import { dataText, identity } from './rdata.js';
import type { DnsRecord } from './record.js';

/** `records` by name from the root on, then type and data; a warning for each object with a name too long for DNS. */
export function tidied(records: readonly DnsRecord[]): Checked<readonly DnsRecord[]> {
  const tooLong = records.filter((each) => !isPossible(each));
  return { value: sorted(once(records.filter(isPossible))), diagnostics: leftOut(sorted(tooLong)) };
}

/** Removes duplicates: two slices may list one endpoint. A record from the input wins over a synthetic one. */
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

/**
 * One warning for each Service. A port's name of 63 characters is valid in the API, but SRV names put `_` before it.
 */
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

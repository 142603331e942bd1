/**
 * complete, part of allocate: what its diagnostics say.
 */
import type { Diagnostic, Origin } from '../../diag.js';
import type { Service } from '../../read/types.js';
import type { Range } from '../range.js';

/** A value that a Service lacked: `cluster IP 10.96.1.2`, and how it came to be that one. */
export interface Gift {
  readonly what: string;
  readonly why: string;
  /** The cluster gave it, so it is not made up. */
  readonly real?: boolean;
}

/** Who has a value: a Service, or the IPAddress that was given away. */
export interface Holder {
  readonly origin: Origin;
}

/** How a place of a range was found. */
export function byName(place: number, { reserved, size }: Range, range: string): string {
  if (reserved === 0) return `by its name, from ${range}`;
  if (place >= reserved) return `by its name, in the dynamic band of ${range}`;
  const why = reserved < size ? 'as the dynamic one is full' : 'as it has no other';
  return `by its name, in the static band of ${range}, ${why}`;
}

/** The note that says what a Service was given. */
export function note({ origin }: Service, gifts: readonly Gift[]): Diagnostic {
  const byWhy = new Map<string, string[]>();
  for (const { what, why, real } of gifts) {
    const key = `${real ? '' : 'synthetic: '}${why}`;
    const alike = byWhy.get(key);
    if (alike) alike.push(what);
    else byWhy.set(key, [what]);
  }
  const all = [...byWhy].map(([why, whats]) => `${listed(whats)} (${why})`).join('; ');
  return {
    code: 'allocated',
    severity: 'note',
    message: `${origin.object} gets ${all}`,
    origin: { ...origin, path: ['metadata', 'name'] },
    ...(gifts.every(({ real }) => real) ? {} : { synthetic: true }),
  };
}

function listed(words: readonly string[]): string {
  const [last = '', ...others] = [...words].reverse();
  return others.length > 0 ? `${others.reverse().join(', ')} and ${last}` : last;
}

/** The error of a Service that got nothing, because others have it all. */
export function exhausted(code: string, message: string, origin: Origin, claimant: Holder | undefined): Diagnostic {
  const related = claimant && { message: `${nameOf(claimant)} has one of them`, origin: claimant.origin };
  return { code, severity: 'error', message, origin, ...(related && { related }) };
}

/** The holder whose name is first, of those that are not `service`. */
export function firstBut(service: Service, holders: readonly Holder[]): Holder | undefined {
  return holders.find(({ origin }) => origin !== service.origin);
}

/** Holders by name, each once, and no more than two are of interest: the first, and the first for that one itself. */
export function firstTwo(holders: Iterable<Holder>): readonly Holder[] {
  const found: Holder[] = [];
  for (const holder of new Set(holders)) {
    const last = found[1];
    if (last && nameOf(last) <= nameOf(holder)) continue;
    found.push(holder);
    found.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).splice(2);
  }
  return found;
}

function nameOf({ origin }: Holder): string {
  return origin.object ?? '';
}

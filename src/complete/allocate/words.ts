/**
 * complete, part of allocate: the texts of its diagnostics.
 */
import type { Diagnostic, Origin } from '../../diag.js';
import type { Service } from '../../read/types.js';
import type { Range } from '../range.js';

/** A value allocated to a Service: `cluster IP 10.96.1.2`, and how it was chosen. */
export interface Gift {
  readonly what: string;
  readonly why: string;
  /** The cluster allocated it, so it is not synthetic. */
  readonly real?: boolean;
}

/** The holder of a value: a Service or an IPAddress. */
export interface Holder {
  readonly origin: Origin;
}

/** How a place in a range was chosen. */
export function byName(place: number, { reserved, size }: Range, range: string): string {
  if (reserved === 0) return `by its name, from ${range}`;
  if (place >= reserved) return `by its name, in the dynamic band of ${range}`;
  const why = reserved < size ? 'as the dynamic one is full' : 'as it has no other';
  return `by its name, in the static band of ${range}, ${why}`;
}

/** The note that lists the values allocated to a Service. */
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

/** The error for a Service that gets no value, because all are taken. */
export function exhausted(code: string, message: string, origin: Origin, claimant: Holder | undefined): Diagnostic {
  const related = claimant && { message: `${nameOf(claimant)} has one of them`, origin: claimant.origin };
  return { code, severity: 'error', message, origin, ...(related && { related }) };
}

/** The first of `holders` that is not `service`. */
export function firstBut(service: Service, holders: readonly Holder[]): Holder | undefined {
  return holders.find(({ origin }) => origin !== service.origin);
}

/** The first two holders by name, without duplicates. `firstBut` needs two: one of them may be the Service itself. */
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

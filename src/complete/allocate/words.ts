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
}

/** Who has a value. */
export interface Holder {
  /** `Service default/web` */
  readonly object: string;
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
  const list = gifts.map(({ what, why }) => `${what} (synthetic: ${why})`);
  const last = list.pop() ?? '';
  const all = list.length > 0 ? `${list.join(', ')} and ${last}` : last;
  return {
    code: 'allocated',
    severity: 'note',
    message: `${origin.object} gets ${all}`,
    origin: { ...origin, path: ['metadata', 'name'] },
  };
}

/** The error of a Service that got nothing, because others have it all. */
export function exhausted(code: string, message: string, origin: Origin, claimant: Holder | undefined): Diagnostic {
  const related = claimant && { message: `${claimant.object} has one of them`, origin: claimant.origin };
  return { code, severity: 'error', message, origin, ...(related && { related }) };
}

/** The holder whose name is first. */
export function firstOf(holders: Iterable<Holder>): Holder | undefined {
  let first: Holder | undefined;
  for (const holder of holders) if (!first || holder.object < first.object) first = holder;
  return first;
}

/** A Service as a holder. */
export function holderOf({ origin, metadata }: Service): Holder {
  return { object: origin.object ?? `Service ${metadata.namespace}/${metadata.name}`, origin };
}

/**
 * cli: the arguments of `vipc port-forward`: `svc/NAME` or `pod/NAME`, ports as `[LOCAL:]REMOTE`, then paths.
 */
import { show } from '../diag.js';
import type { PortSpec } from '../kubectl/forward.js';
import { IANA_SVC_NAME } from '../read/names.js';
import { subjectOf } from './subject.js';

export interface ForwardArgs {
  readonly kind: 'service' | 'pod';
  readonly name: string;
  /** Absent: that of `-n`. */
  readonly namespace?: string;
  readonly ports: readonly PortSpec[];
  readonly paths: readonly string[];
}

/** The arguments, taken apart; an Error where they have another form. Ports end at the first PATH. */
export function forwardArgs([what = '', ...rest]: readonly string[]): ForwardArgs {
  const subject = subjectOf(what, 'forward to');
  if (subject.kind === 'address') throw new Error('an address is reached directly: name svc/NAME or pod/NAME');
  const found = rest.findIndex((arg) => portOf(arg) === undefined);
  const end = found < 0 ? rest.length : found;
  if (end === 0) {
    const given = rest[0] === undefined ? '' : `, ${show(rest[0])} is none`;
    throw new Error(`name a port after ${what}: PORT, LOCAL:PORT or :PORT for any free local port${given}`);
  }
  return { ...subject, ports: rest.slice(0, end).flatMap((arg) => portOf(arg) ?? []), paths: rest.slice(end) };
}

/** `80`, `http`, `8080:80`, `8080:http`, `:80`; undefined for anything else. */
function portOf(text: string): PortSpec | undefined {
  const [, colon, local = '', remote = ''] = /^((\d{0,5}):)?([a-z0-9-]+)$/.exec(text) ?? [];
  const number = /^\d+$/.test(remote) ? Number(remote) : undefined;
  if (number === undefined ? !IANA_SVC_NAME.matches(remote) : number < 1 || number > 65535) return undefined;
  if (Number(local) > 65535) return undefined;
  return { ...(colon !== undefined && { local: Number(local) }), remote: number ?? remote };
}

/**
 * cli: the first argument of `explain`: `svc/NAME`, `pod/NAME`, either as `svc/NAMESPACE/NAME`, or an IP address with or
 * without a port.
 */
import { show } from '../diag.js';
import { type Ip, parseIp } from '../ip.js';

export type Subject =
  /** Without a namespace: in that of `-n`. */
  | { readonly kind: 'service' | 'pod'; readonly name: string; readonly namespace?: string }
  | { readonly kind: 'address'; readonly ip: Ip; readonly port?: number };

const KINDS: Readonly<Record<string, 'service' | 'pod'>> = {
  svc: 'service',
  service: 'service',
  services: 'service',
  po: 'pod',
  pod: 'pod',
  pods: 'pod',
};

/** Parses the argument; throws an Error when it has none of these forms. */
export function subjectOf(text: string, purpose = 'explain'): Subject {
  const [, kind = '', namespace, name = ''] = /^([a-z]+)\/(?:([^/]+)\/)?([^/]+)$/.exec(text) ?? [];
  const resource = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (resource !== undefined) return { kind: resource, name, ...(namespace !== undefined && { namespace }) };
  const alone = parseIp(text);
  if (alone) return { kind: 'address', ip: alone };
  const [, bracketed, plain = '', number = ''] = /^(?:\[([0-9A-Fa-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const ip = parseIp(bracketed ?? plain);
  const port = Number(number);
  if (ip && number === '') return { kind: 'address', ip };
  if (ip && port >= 1 && port <= 65535) return { kind: 'address', ip, port };
  throw new Error(
    `${show(text)} is nothing to ${purpose}: name svc/NAME, pod/NAME, or an address such as 10.96.0.41:80 or [fd00::1]:80`,
  );
}

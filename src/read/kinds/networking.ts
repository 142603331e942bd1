/**
 * ServiceCIDR and IPAddress networking.k8s.io/v1 (KEP-1880): the networks that an API server allocates cluster IPs
 * from, and the addresses it has allocated.
 */

import { show } from '../../diag.js';
import { parseIp } from '../../ip.js';
import { also, type Check, type Cursor, list, type Rule, refuse, text } from '../check.js';
import { DNS1123_SUBDOMAIN } from '../names.js';
import { object, required, withDefault } from '../object.js';
import type { IPAddress, ServiceCIDR } from '../types.js';
import { cidr, metadata, oneOfEachFamily } from './metadata.js';

/** A ServiceCIDR without its origin. */
export const serviceCIDR: Check<Omit<ServiceCIDR, 'origin'>> = (value, at) => {
  const read = cidrFields(value, at);
  return read && { metadata: read.metadata, cidrs: read.spec.cidrs };
};

/** Newer kinds accept only the canonical form (IsValidCIDR, IsValidIP). */
function canonicalCidr(value: unknown, at: Cursor): string | undefined {
  const text = cidr(value, at);
  if (text !== undefined && text !== value) refuse(at, `must be written ${text}, is ${show(value)}`);
  return text;
}

const cidrSpec = also(object({ cidrs: required(list(canonicalCidr, { min: 1 })) }), ({ cidrs }, at) =>
  oneOfEachFamily(cidrs, at, 'cidrs'),
);

const cidrFields = object({
  metadata: metadata(DNS1123_SUBDOMAIN, { namespaced: false }),
  spec: required(cidrSpec),
});

/** An IPAddress without its origin; its name is the address. */
export const ipAddressObject: Check<Omit<IPAddress, 'origin'>> = (value, at) => {
  const read = addressFields(value, at);
  if (read === undefined) return undefined;
  const ip = parseIp(read.metadata.name);
  return ip && { metadata: read.metadata, ip: ip.text, parent: read.spec.parentRef };
};

/** The API accepts only the canonical form; for IPv6 that has colons, which no other kind allows in names. */
const ADDRESS: Rule = { allowed: 'an IP address', matches: (name) => parseIp(name) !== undefined };

const parentRef = object({
  resource: withDefault(text, ''),
  namespace: withDefault(text, ''),
  name: withDefault(text, ''),
});

const NO_PARENT = { parentRef: { resource: '', namespace: '', name: '' } };

const spec = also(object({ parentRef: withDefault(parentRef, NO_PARENT.parentRef) }), ({ parentRef }, at) => {
  for (const key of ['resource', 'name'] as const)
    if (parentRef[key] === '') refuse(at, `needs the field ${key}`, { key: 'parentRef', code: 'missing-field' });
});

const addressFields = also(
  object({ metadata: metadata(ADDRESS, { namespaced: false }), spec: withDefault(spec, NO_PARENT) }),
  ({ metadata: { name } }, at) => {
    const text = parseIp(name)?.text;
    at.path.push('metadata', 'name');
    if (text !== name) refuse(at, `must be written ${text}, is ${show(name)}`);
    at.path.length -= 2;
  },
);

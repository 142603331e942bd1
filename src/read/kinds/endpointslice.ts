/**
 * EndpointSlice discovery.k8s.io/v1: the API server's validation (pkg/apis/discovery/validation).
 */
import { show } from '../../diag.js';
import { parseIp, specialUse } from '../../ip.js';
import {
  also,
  bool,
  type Check,
  type Cursor,
  convert,
  fail,
  int,
  list,
  matching,
  oneOf,
  refuse,
  remembered,
  ruled,
  text,
} from '../check.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN, LABEL_VALUE } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { Conditions, EndpointSlice } from '../types.js';
import { appProtocol, emptyIsAbsent, metadata, pointedProtocol, unique } from './metadata.js';

/** An EndpointSlice without its origin; the check of addresses depends on the slice's addressType. */
export const endpointSlice: Check<Omit<EndpointSlice, 'origin'>> = (value, at) => {
  const type = typeof value === 'object' && value !== null && 'addressType' in value ? value.addressType : undefined;
  return BY_ADDRESS_TYPE[type === 'IPv6' || type === 'FQDN' ? type : 'IPv4'](value, at);
};

/** The API's limits: maxEndpoints, maxAddresses, maxPorts, maxZoneHints, maxNodeHints. */
const MAX = { endpoints: 1000, addresses: 100, ports: 100, hints: 8 };

const NO_CONDITIONS: Conditions = {};

const addressType = required(oneOf(['IPv4', 'IPv6', 'FQDN']));

const nodeName = remembered(DNS1123_SUBDOMAIN);
const zone = remembered(LABEL_VALUE);

const hostname = emptyIsAbsent(matching(DNS1123_LABEL), '');

const STATES = [{}, { as: false }, { as: true }] as const;

/** All 27 combinations, shared by 100,000 endpoints. */
const CONDITIONS: readonly Conditions[] = STATES.flatMap((ready) =>
  STATES.flatMap((serving) =>
    STATES.map((terminating) => ({
      ...('as' in ready && { ready: ready.as }),
      ...('as' in serving && { serving: serving.as }),
      ...('as' in terminating && { terminating: terminating.as }),
    })),
  ),
);

const conditions = convert(
  object({ ready: optional(bool), serving: optional(bool), terminating: optional(bool) }),
  ({ ready, serving, terminating }) => CONDITIONS[9 * state(ready) + 3 * state(serving) + state(terminating)],
);

function state(condition: boolean | undefined): number {
  return condition === undefined ? 0 : condition ? 2 : 1;
}

const hints = object({
  forZones: optional(
    hinted(also(zone, (name, at) => name === '' && refuse(at, 'must be the name of a zone, is empty'))),
  ),
  forNodes: optional(hinted(nodeName)),
});

/** A list of names without duplicates. */
function hinted(name: Check<string>): Check<readonly { readonly name: string }[]> {
  return also(list(object({ name: required(name) }), { max: MAX.hints }), (value, at) =>
    unique(
      value,
      ({ name }) => name,
      ({ name }) => `the name ${name}`,
      at,
      refuse,
    ),
  );
}

/** IsFullyQualifiedDomainName: two labels or more, perhaps with the root's dot. */
const fqdn = ruled(text, 'a DNS name of two labels or more', (name) => {
  const whole = name.replace(/\.$/, '');
  return whole.includes('.') && DNS1123_SUBDOMAIN.matches(whole);
});

/** The API server stores '' for a port that has no name, and kube-proxy then serves it for a port without a name. */
const ports = also(
  list(
    object({
      name: withDefault(emptyIsAbsent(matching(DNS1123_LABEL), ''), ''),
      protocol: pointedProtocol,
      port: optional(int(1, 65535)),
      appProtocol,
    }),
    { max: MAX.ports },
  ),
  (value, at) =>
    unique(
      value,
      (port) => port.name,
      (port) => (port.name === '' ? 'the empty name' : `the name ${port.name}`),
      at,
    ),
);

const BY_ADDRESS_TYPE: Readonly<Record<EndpointSlice['addressType'], Check<Omit<EndpointSlice, 'origin'>>>> = {
  IPv4: slice(addressOf('IPv4')),
  IPv6: slice(addressOf('IPv6')),
  FQDN: slice(fqdn),
};

function slice(address: Check<string>): Check<Omit<EndpointSlice, 'origin'>> {
  const endpoint = object({
    addresses: required(list(address, { min: 1, max: MAX.addresses })),
    conditions: withDefault(conditions, NO_CONDITIONS),
    nodeName: optional(nodeName),
    zone: optional(zone),
    hostname: optional(hostname),
    hints: optional(hints),
  });
  return object({
    metadata: metadata(DNS1123_SUBDOMAIN, { annotated: true }),
    addressType,
    endpoints: withDefault(list(endpoint, { max: MAX.endpoints }), []),
    ports: withDefault(ports, []),
  });
}

function addressOf(type: 'IPv4' | 'IPv6'): Check<string> {
  const family = type === 'IPv4' ? 'ipv4' : 'ipv6';
  return (value: unknown, at: Cursor) => {
    if (typeof value !== 'string') return text(value, at);
    const ip = parseIp(value);
    if (ip?.family !== family) return fail(at, `must be an ${type} address as addressType says, is ${show(value)}`);
    const use = specialUse(ip);
    // Keep one copy of equal texts.
    if (use === undefined) return ip.text === value ? value : ip.text;
    return fail(at, `must be an address that a pod can have, ${ip.text} is ${use}`);
  };
}

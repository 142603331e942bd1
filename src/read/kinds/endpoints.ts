/**
 * Endpoints v1: the API server's validation (pkg/apis/core/validation, ValidateEndpoints).
 */
import { also, type Check, type Cursor, fail, int, list, matching, refuse, remembered, warn } from '../check.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { EndpointSubset, Endpoints } from '../types.js';
import { appProtocol, emptyIsAbsent, metadata, ordinaryIp, protocol, unique } from './metadata.js';

/** An Endpoints object without its origin. */
export const endpoints: Check<Omit<Endpoints, 'origin'>> = (value, at) => fields(value, at);

const address = object({
  ip: required(ordinaryIp),
  nodeName: optional(remembered(DNS1123_SUBDOMAIN)),
  hostname: optional(emptyIsAbsent(matching(DNS1123_LABEL), '')),
});

const port = object({
  name: withDefault(emptyIsAbsent(matching(DNS1123_LABEL), ''), ''),
  protocol,
  port: required(int(1, 65535)),
  appProtocol,
});

const subset = also(
  object({
    addresses: withDefault(list(address), []),
    notReadyAddresses: withDefault(list(address), []),
    ports: withDefault(list(port), []),
  }),
  checkSubset,
);

const fields = object({
  metadata: metadata(DNS1123_SUBDOMAIN, { annotated: true }),
  subsets: withDefault(list(subset), []),
});

function checkSubset({ addresses, notReadyAddresses, ports }: EndpointSubset, at: Cursor): void {
  if (addresses.length + notReadyAddresses.length === 0) {
    refuse(at, 'needs the field addresses or notReadyAddresses', { code: 'missing-field' });
  }
  at.path.push('ports');
  for (const [i, { name }] of ports.entries()) {
    if (ports.length < 2 || name !== '') continue;
    fail(at, 'needs the field name, as there is more than one port', { code: 'missing-field', key: i });
  }
  unique(
    ports,
    ({ name }) => name || undefined,
    ({ name }) => `the name ${name}`,
    at,
    // An API server accepts it in Endpoints, but not in the EndpointSlices that are made of them.
    warn,
  );
  at.path.pop();
}

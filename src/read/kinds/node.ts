/**
 * Node v1: the API server's validation (pkg/apis/core/validation, ValidateNode) of addresses and pod networks.
 */
import { parseIp } from '../../ip.js';
import { also, type Check, type Cursor, convert, fail, type Infer, list, text } from '../check.js';
import { DNS1123_SUBDOMAIN } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { Node } from '../types.js';
import { cidr, emptyIsAbsent, metadata } from './metadata.js';

/** A Node without its origin. */
export const node: Check<Omit<Node, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  if (read === undefined) return undefined;
  return { metadata: read.metadata, podCIDRs: read.spec, addresses: read.status.addresses };
};

const spec = object({
  podCIDR: optional(emptyIsAbsent(cidr, '')),
  podCIDRs: withDefault(list(cidr, { max: 2 }), []),
});

/** Cloud providers put names and more into these; only what is an address is made canonical. */
const address = convert(object({ type: required(text), address: required(text) }), ({ type, address }) => ({
  type,
  address: parseIp(address)?.text ?? address,
}));

const NO_ADDRESSES = { addresses: [] };

const fields = object({
  metadata: metadata(DNS1123_SUBDOMAIN, false),
  spec: withDefault(convert(also(spec, checkPodCIDRs), toPodCIDRs), []),
  status: withDefault(object({ addresses: withDefault(list(address), []) }), NO_ADDRESSES),
});

function checkPodCIDRs({ podCIDR, podCIDRs }: Infer<typeof spec>, at: Cursor): void {
  const [first, second] = podCIDRs;
  if (podCIDR && first !== undefined && podCIDR !== first) {
    fail(at, `must be the first of podCIDRs, ${first}, is ${podCIDR}`, { key: 'podCIDR' });
  }
  if (first !== undefined && second !== undefined && first.includes(':') === second.includes(':')) {
    fail(at, 'must be of two families, one IPv4 and one IPv6', { key: 'podCIDRs' });
  }
}

function toPodCIDRs({ podCIDR, podCIDRs }: Infer<typeof spec>): readonly string[] {
  return podCIDRs.length > 0 || !podCIDR ? podCIDRs : [podCIDR];
}

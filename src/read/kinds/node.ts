/**
 * Node v1: the API server's validation (pkg/apis/core/validation, ValidateNode) of addresses and pod networks.
 */
import { parseIp } from '../../ip.js';
import { also, type Check, type Cursor, convert, fail, type Infer, isMapping, list, text } from '../check.js';
import { DNS1123_SUBDOMAIN } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { Node } from '../types.js';
import { cidr, emptyIsAbsent, metadata } from './metadata.js';

/** A Node without its origin. */
export const node: Check<Omit<Node, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  if (read === undefined) return undefined;
  const { podCIDRs, taints } = read.spec;
  const leaving = isDeleted(value) || taints.some(({ key }) => key === TO_BE_DELETED);
  return { metadata: read.metadata, podCIDRs, addresses: read.status.addresses, leaving };
};

/** The cluster autoscaler's, before it takes a node away. */
const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler';

/** The API server sets it, and nobody else can. */
function isDeleted(value: unknown): boolean {
  const metadata = isMapping(value) ? value['metadata'] : undefined;
  return isMapping(metadata) && typeof metadata['deletionTimestamp'] === 'string';
}

const spec = object({
  podCIDR: optional(emptyIsAbsent(cidr, '')),
  podCIDRs: withDefault(list(cidr, { max: 2 }), []),
  taints: withDefault(list(object({ key: withDefault(text, '') })), []),
});

/** Cloud providers put names and more into these; only what is an address is made canonical. */
const address = convert(object({ type: required(text), address: required(text) }), ({ type, address }) => ({
  type,
  address: parseIp(address)?.text ?? address,
}));

const NO_ADDRESSES = { addresses: [] };
const NO_SPEC = { podCIDRs: [], taints: [] };

const fields = object({
  metadata: metadata(DNS1123_SUBDOMAIN, false),
  spec: withDefault(
    convert(also(spec, checkPodCIDRs), (read) => ({ podCIDRs: toPodCIDRs(read), taints: read.taints })),
    NO_SPEC,
  ),
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

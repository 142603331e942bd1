/**
 * Node v1: the API server's validation (pkg/apis/core/validation, ValidateNode) of addresses and pod networks.
 */
import { parseIp } from '../../ip.js';
import { also, bool, type Check, convert, list, refuse, ruled, text } from '../check.js';
import { DNS1123_SUBDOMAIN, LABEL_VALUE, QUALIFIED_NAME } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { Node } from '../types.js';
import { cidr, eitherOf, emptyIsAbsent, metadata, oneOfEachFamily, serverSet, unique } from './metadata.js';
import { effect } from './pod.js';

/** A Node without its origin. */
export const node: Check<Omit<Node, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  if (read === undefined) return undefined;
  const { podCIDRs, taints, unschedulable } = read.spec;
  const { addresses, allocatable, conditions } = read.status;
  const leaving =
    serverSet(value, 'deletionTimestamp') !== undefined || taints.some(({ key }) => key === TO_BE_DELETED);
  const ready = conditions.find(({ type }) => type === 'Ready')?.status ?? 'True';
  const milliCPU = allocatable.cpu ?? 0;
  return {
    metadata: read.metadata,
    podCIDRs,
    addresses,
    leaving,
    milliCPU,
    ready: ready === 'True',
    unschedulable,
    taints,
  };
};

/** The taint that the cluster autoscaler sets before it removes a node. */
const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler';

/** `4`, `3920m` or `0.5` CPUs in thousandths; 0, which means unknown, for any other text. */
const milliCPU: Check<number> = (value) => {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(value)) ?? [];
  return digits === undefined ? 0 : Math.round(Number(digits) * (unit === 'm' ? 1 : 1000));
};

const taint = object({
  key: withDefault(ruled(text, QUALIFIED_NAME.allowed, QUALIFIED_NAME.matches), ''),
  value: withDefault(ruled(text, LABEL_VALUE.allowed, LABEL_VALUE.matches), ''),
  effect: withDefault(effect, ''),
});

const taints = also(list(taint), (value, at) => {
  for (const [i, { key, effect }] of value.entries()) {
    for (const [name, given] of Object.entries({ key, effect }))
      if (given === '') refuse(at, `needs the field ${name}`, { code: 'missing-field', key: i });
  }
  unique(
    value,
    ({ key, effect }) => `${key}:${effect}`,
    ({ key, effect }) => `the taint ${key}:${effect}`,
    at,
    refuse,
  );
});

const spec = object({
  podCIDR: withDefault(emptyIsAbsent(cidr, ''), ''),
  podCIDRs: withDefault(list(cidr), []),
  taints: withDefault(taints, []),
  unschedulable: withDefault(bool, false),
});

/** Cloud providers put names and more into these; only IP addresses are made canonical. */
const address = convert(object({ type: required(text), address: required(text) }), ({ type, address }) => ({
  type,
  address: parseIp(address)?.text ?? address,
}));

const condition = object({ type: withDefault(text, ''), status: withDefault(text, '') });

const NO_STATUS = { addresses: [], allocatable: {}, conditions: [] };
const NO_SPEC = { podCIDRs: [], taints: [], unschedulable: false };

const fields = object({
  metadata: metadata(DNS1123_SUBDOMAIN, { namespaced: false }),
  spec: withDefault(
    convert(spec, ({ podCIDR, podCIDRs, taints, unschedulable }, at) => {
      const networks = eitherOf(podCIDR, podCIDRs);
      oneOfEachFamily(networks, at, 'podCIDRs');
      return { podCIDRs: networks, taints, unschedulable };
    }),
    NO_SPEC,
  ),
  status: withDefault(
    object({
      addresses: withDefault(list(address), []),
      allocatable: withDefault(object({ cpu: optional(milliCPU) }), {}),
      conditions: withDefault(list(condition), []),
    }),
    NO_STATUS,
  ),
});

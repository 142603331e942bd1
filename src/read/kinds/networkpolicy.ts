/**
 * NetworkPolicy networking.k8s.io/v1. Rules: ValidateNetworkPolicySpec in pkg/apis/networking/validation.
 */
import { contains, ipOf, parseCidr } from '../../ip.js';
import { also, type Check, convert, int, list, matching, refuse, ruled, text } from '../check.js';
import { DNS1123_SUBDOMAIN, IANA_SVC_NAME } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { LabelSelector } from '../selects.js';
import type { NetworkPolicy } from '../types.js';
import { cidr, metadata, NO_STRINGS, protocol } from './metadata.js';
import { labelSelector } from './selector.js';

const DIRECTIONS = ['Ingress', 'Egress'];

const direction = ruled(text, 'Ingress or Egress', (name) => DIRECTIONS.includes(name));

const ALL: LabelSelector = { matchLabels: NO_STRINGS, matchExpressions: [] };

const MAX_PORT = 65535;

const portNumber = int(1, MAX_PORT);

/** The number or name of a container port. */
const port: Check<number | string> = (value, at) =>
  typeof value === 'string' ? matching(IANA_SVC_NAME)(value, at) : portNumber(value, at);

const policyPort = object({ protocol, port: optional(port), endPort: optional(portNumber) });

/** Each exception is a smaller network within `cidr` (ValidateIPBlock). */
const ipBlock = also(
  object({ cidr: required(cidr), except: withDefault(list(cidr), []) }),
  ({ cidr: whole, except }, at) => {
    for (const text of except)
      if (!isPart(text, whole)) refuse(at, `must be networks within ${whole}, smaller than it`, { key: 'except' });
  },
);

function isPart(text: string, whole: string): boolean {
  const [part, all] = [parseCidr(text), parseCidr(whole)];
  return part !== undefined && all !== undefined && part.prefix > all.prefix && contains(all, ipOf(part.bytes));
}

const peer = also(
  object({
    podSelector: optional(labelSelector),
    namespaceSelector: optional(labelSelector),
    ipBlock: optional(ipBlock),
  }),
  ({ podSelector, namespaceSelector, ipBlock }, at) => {
    const selectors = podSelector ?? namespaceSelector;
    if (!selectors && !ipBlock)
      refuse(at, 'needs podSelector, namespaceSelector or ipBlock', { code: 'missing-field' });
    if (selectors && ipBlock) refuse(at, 'must be absent beside a selector', { key: 'ipBlock' });
  },
);

const ports = withDefault(list(policyPort), []);
const peers = withDefault(list(peer), []);
const ingressRule = convert(object({ ports, from: peers }), ({ ports, from }) => ({ ports, peers: from }));
const egressRule = convert(object({ ports, to: peers }), ({ ports, to }) => ({ ports, peers: to }));

const fields = object({
  metadata: metadata(DNS1123_SUBDOMAIN),
  spec: withDefault(
    object({
      podSelector: withDefault(labelSelector, ALL),
      policyTypes: optional(list(direction, { max: DIRECTIONS.length })),
      ingress: withDefault(list(ingressRule), []),
      egress: withDefault(list(egressRule), []),
    }),
    { podSelector: ALL, ingress: [], egress: [] },
  ),
});

/** A NetworkPolicy without its origin. */
export const networkPolicy: Check<Omit<NetworkPolicy, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  if (read === undefined) return undefined;
  const { podSelector, policyTypes = [], ingress, egress } = read.spec;
  // SetDefaults_NetworkPolicy (pkg/apis/networking/v1): Ingress, and Egress when there are egress rules.
  const implied = egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  const types = policyTypes.length > 0 ? policyTypes : implied;
  return { metadata: read.metadata, podSelector, policyTypes: types, ingress, egress };
};

/**
 * Pod v1, and the pod spec in templates: the API server's validation (pkg/apis/core/validation, ValidatePod) of the
 * fields that decide where a pod runs and what it serves.
 */
import {
  also,
  bool,
  type Check,
  convert,
  type Infer,
  int,
  list,
  map,
  matching,
  oneOf,
  refuse,
  ruled,
  text,
} from '../check.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN, IANA_SVC_NAME, LABEL_VALUE, QUALIFIED_NAME } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { ContainerPort, Pod, PodSpec } from '../types.js';
import {
  eitherOf,
  emptyIsAbsent,
  hookOf,
  ipAddress,
  metadata,
  NO_STRINGS,
  oneOfEachFamily,
  protocol,
  serverSet,
  unique,
} from './metadata.js';
import { historyOf } from './pod-history.js';

/** A Pod without its origin. */
export const pod: Check<Omit<Pod, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  const hook = hookOf(value);
  return (
    read && {
      ...read,
      terminating: serverSet(value, 'deletionTimestamp') !== undefined,
      ...historyOf(value),
      ...(hook && { hook }),
    }
  );
};

const port = convert(
  object({
    name: withDefault(emptyIsAbsent(matching(IANA_SVC_NAME), ''), ''),
    protocol,
    containerPort: required(int(1, 65535)),
    hostPort: withDefault(int(0, 65535), 0),
  }),
  ({ name, protocol, containerPort, hostPort }): ContainerPort => ({
    name,
    protocol,
    port: containerPort,
    ...(hostPort && { hostPort }),
  }),
);

const ports = also(list(port), (value, at) =>
  unique(
    value,
    ({ name }) => name || undefined,
    ({ name }) => `the name ${name}`,
    at,
    refuse,
  ),
);

const container = object({ ports: withDefault(ports, []), restartPolicy: withDefault(text, '') });

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** The effect of a taint or of a toleration; in a toleration `''` means all of them. */
export const effect = ruled(text, `one of ${EFFECTS.join(', ')}`, (name) => name === '' || EFFECTS.includes(name));

const toleration = also(
  object({
    key: withDefault(
      ruled(text, QUALIFIED_NAME.allowed, (key) => key === '' || QUALIFIED_NAME.matches(key)),
      '',
    ),
    operator: withDefault(oneOf(['Exists', 'Equal'], 'Equal'), 'Equal'),
    value: withDefault(text, ''),
    effect: withDefault(effect, ''),
  }),
  ({ key, operator, value }, at) => {
    if (key === '' && operator !== 'Exists') refuse(at, 'must be Exists without a key', { key: 'operator' });
    if (operator === 'Exists' && value !== '') refuse(at, 'must be absent with operator Exists', { key: 'value' });
    if (operator === 'Equal' && !LABEL_VALUE.matches(value))
      refuse(at, `must be ${LABEL_VALUE.allowed}`, { key: 'value' });
  },
);

const requirement = object({
  key: required(text),
  operator: required(text),
  values: withDefault(list(text), []),
});

const term = object({
  matchExpressions: withDefault(list(requirement), []),
  matchFields: withDefault(list(requirement), []),
});

/** Only the required node affinity: preferences do not decide where a pod may run. */
const affinity = object({
  nodeAffinity: optional(
    object({
      requiredDuringSchedulingIgnoredDuringExecution: optional(
        object({ nodeSelectorTerms: withDefault(list(term), []) }),
      ),
    }),
  ),
});

const specFields = object({
  nodeName: withDefault(emptyIsAbsent(matching(DNS1123_SUBDOMAIN), ''), ''),
  hostname: withDefault(emptyIsAbsent(matching(DNS1123_LABEL), ''), ''),
  subdomain: withDefault(emptyIsAbsent(matching(DNS1123_LABEL), ''), ''),
  hostNetwork: withDefault(bool, false),
  containers: withDefault(list(container), []),
  initContainers: withDefault(list(container), []),
  nodeSelector: withDefault(map(QUALIFIED_NAME, matching(LABEL_VALUE)), NO_STRINGS),
  tolerations: withDefault(list(toleration), []),
  affinity: optional(affinity),
});

/** The part of a pod's spec that matters to Services. */
export const podSpec: Check<PodSpec> = convert(specFields, (read): PodSpec => {
  const { nodeName, hostname, subdomain, hostNetwork, nodeSelector, tolerations, affinity } = read;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return {
    ...(nodeName && { nodeName }),
    ...(hostname && { hostname }),
    ...(subdomain && { subdomain }),
    hostNetwork,
    ports: portsOf(read),
    nodeSelector,
    tolerations,
    ...(terms && {
      nodeTerms: terms.map(({ matchExpressions, matchFields }) => [...matchExpressions, ...matchFields]),
    }),
  };
});

/** In the order in which the endpoint-slice controller searches for a named port (KEP-753 for sidecars). */
function portsOf({ containers, initContainers }: Infer<typeof specFields>): readonly ContainerPort[] {
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [
    ...containers.flatMap(({ ports }) => ports),
    ...sidecars.flatMap(({ ports }) => ports).map((port) => ({ ...port, sidecar: true as const })),
  ];
}

const condition = object({ type: withDefault(text, ''), status: withDefault(text, '') });

const statusFields = object({
  phase: withDefault(text, ''),
  podIP: withDefault(emptyIsAbsent(ipAddress, ''), ''),
  podIPs: withDefault(list(object({ ip: withDefault(emptyIsAbsent(ipAddress, ''), '') })), []),
  conditions: withDefault(list(condition), []),
});

const status = convert(statusFields, ({ phase, podIP, podIPs, conditions }, at): Pod['status'] => {
  const several = podIPs.map(({ ip }) => ip).filter((ip) => ip !== '');
  const ips = eitherOf(podIP, several);
  oneOfEachFamily(ips, at, 'podIPs');
  return {
    phase,
    ready: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    podIPs: ips,
  };
});

const NO_STATUS: Pod['status'] = { phase: '', ready: false, podIPs: [] };

const NO_SPEC: PodSpec = { hostNetwork: false, ports: [], nodeSelector: NO_STRINGS, tolerations: [] };

const fields = object({
  metadata: metadata(DNS1123_SUBDOMAIN),
  spec: withDefault(podSpec, NO_SPEC),
  status: withDefault(status, NO_STATUS),
});

/**
 * Deployment, StatefulSet, DaemonSet, ReplicaSet apps/v1, ReplicationController and PodTemplate v1: objects with a pod
 * template. The API server's validation (pkg/apis/apps/validation) of the fields that decide how many pods and which.
 */
import { also, type Check, type Cursor, convert, int, isMapping, matching, refuse } from '../check.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import { isEmpty, type LabelSelector, selects } from '../selects.js';
import type { Workload, WorkloadKind } from '../types.js';
import { emptyIsAbsent, hookOf, labels, metadata, NO_STRINGS } from './metadata.js';
import { podSpec } from './pod.js';
import { labelSelector } from './selector.js';

/** Far more than a cluster can have; without a bound one line could fill the memory. */
const MAX_REPLICAS = 1_000_000;

/** A workload without its origin. */
export function workload(kind: WorkloadKind): Check<Omit<Workload, 'origin'>> {
  const read =
    kind === 'PodTemplate' ? bareFields : kind === 'ReplicationController' ? replication : workloadFields(kind);
  return (value, at) => {
    const found = read(value, at);
    if (found === undefined) return undefined;
    const { metadata, spec } = found;
    const hook = hookOf(value);
    return {
      kind,
      metadata,
      replicas: spec.replicas,
      serviceName: spec.serviceName,
      firstOrdinal: spec.ordinals.start,
      selector: spec.selector ?? NOTHING,
      template: { labels: spec.template.metadata.labels, spec: spec.template.spec },
      owned: isOwned(value),
      ...(hook && { hook }),
    };
  };
}

const NOTHING: LabelSelector = { matchLabels: NO_STRINGS, matchExpressions: [] };

const NO_LABELS = { labels: NO_STRINGS };

const template = object({
  metadata: withDefault(object({ labels: withDefault(labels, NO_STRINGS) }), NO_LABELS),
  spec: required(podSpec),
});

const FIRST = { start: 0 };

const common = {
  replicas: withDefault(int(0, MAX_REPLICAS), 1),
  serviceName: withDefault(emptyIsAbsent(matching(DNS1123_LABEL), ''), ''),
  ordinals: withDefault(object({ start: withDefault(int(0, 0x7fffffff), 0) }), FIRST),
  template: required(template),
};

/** The selector must match the template's labels, else the API server refuses the workload. */
function workloadFields(kind: WorkloadKind) {
  const spec = object({ ...common, selector: optional(labelSelector) });
  const checked = also(spec, ({ selector, template }, at) => {
    if (selector === undefined) refuse(at, 'needs the field selector', { code: 'missing-field' });
    else if (isEmpty(selector)) refuse(at, 'must select something, is empty', { key: 'selector' });
    else if (!selects(selector, template.metadata.labels)) mismatch(kind, at);
  });
  return object({ metadata: metadata(DNS1123_SUBDOMAIN), spec: required(checked) });
}

/** A ReplicationController's selector is a plain mapping; when absent, it is the template's labels. */
const replicationSpec = convert(object({ ...common, selector: optional(labels) }), (spec, at) => {
  const { template } = spec;
  const given = Object.keys(spec.selector ?? {}).length > 0;
  const matchLabels = (given ? spec.selector : undefined) ?? template.metadata.labels;
  const selector = { matchLabels, matchExpressions: [] };
  if (isEmpty(selector)) refuse(at, 'needs the field selector', { code: 'missing-field' });
  else if (!selects(selector, template.metadata.labels)) mismatch('ReplicationController', at);
  return { ...spec, selector };
});

const replication = object({ metadata: metadata(DNS1123_SUBDOMAIN), spec: required(replicationSpec) });

function mismatch(kind: WorkloadKind, at: Cursor): void {
  const says = `must be among spec.template.metadata.labels, which is what ${kind} finds its pods by`;
  refuse(at, says, { key: 'selector', code: 'selector-mismatch' });
}

const bareFields: Check<{
  readonly metadata: Workload['metadata'];
  readonly spec: {
    readonly replicas: number;
    readonly serviceName: string;
    readonly selector?: LabelSelector | undefined;
    readonly ordinals: { readonly start: number };
    readonly template: { readonly metadata: typeof NO_LABELS; readonly spec: Workload['template']['spec'] };
  };
}> = (value, at) => {
  const read = object({ metadata: metadata(DNS1123_SUBDOMAIN), template: required(template) })(value, at);
  return (
    read && {
      metadata: read.metadata,
      spec: { replicas: 1, serviceName: '', ordinals: FIRST, template: read.template },
    }
  );
};

/** Whether a controller owns it. Only controllers write ownerReferences, so their errors are not reported. */
function isOwned(value: unknown): boolean {
  const meta = isMapping(value) ? value['metadata'] : undefined;
  const references = isMapping(meta) ? meta['ownerReferences'] : undefined;
  return Array.isArray(references) && references.some((one) => isMapping(one) && one['controller'] === true);
}

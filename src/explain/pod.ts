/**
 * explain: one Pod → its page: whether it gets connections, which Services have it as endpoint, and why others do not.
 */

import { nearest } from '../near.js';
import { placeText } from '../read/locate.js';
import { isEmpty, selects } from '../read/selects.js';
import {
  hasSelector,
  keyOf,
  type NetworkPolicy,
  type Pod,
  type Service,
  type Snapshot,
  serviceOf,
} from '../read/types.js';
import { tableOf } from '../table.js';
import { finding, isAlive, labelText, missing, some } from './about.js';
import { clientsOfPod, type KeptService, keptTable, rowsTable, servicesKeptFrom } from './policies.js';
import type { Explanation, Finding } from './types.js';

interface Row {
  readonly service: Service;
  readonly leads: boolean;
  readonly why: string;
}

export function explainPod(snapshot: Snapshot, pod: Pod): Explanation {
  const key = keyOf(pod);
  const rows = snapshot.services
    .filter(({ metadata }) => metadata.namespace === pod.metadata.namespace)
    .flatMap((service) => rowOf(snapshot, service, pod));
  const leads = rows.filter((row) => row.leads);
  const kept = servicesKeptFrom(snapshot, pod);
  const findings = [...findingsOf(snapshot, pod, rows), ...keptFindings(kept, pod)];
  const [first] = findings;
  const served =
    leads.length === 0
      ? 'no Service leads to it'
      : `${some(leads.map(({ service }) => keyOf(service)))} ${leads.length === 1 ? 'leads' : 'lead'} to it`;
  return {
    subject: `Pod ${key}`,
    verdict:
      first?.severity === 'problem'
        ? `pod ${key} gets no connections, or not all: ${first.message}`
        : `pod ${key} is fine: ${served}${first ? `; a remark: ${first.message}` : ''}`,
    findings,
    fields: fieldsOf(pod),
    matrices: [],
    unused: [],
    shares: [],
    names: [],
    questions: [],
    tables: [
      {
        title: 'Services',
        table: tableOf<Row>(
          [
            { title: 'SERVICE', cell: ({ service }) => keyOf(service) },
            { title: 'LEADS HERE', cell: (row) => (row.leads ? 'yes' : 'no') },
            { title: 'BECAUSE', cell: ({ why }) => why },
          ],
          rows,
        ),
      },
      {
        title: 'NetworkPolicies',
        table: tableOf(
          [
            { title: 'NAME', cell: ({ metadata }) => metadata.name },
            { title: 'TYPES', cell: ({ policyTypes }) => policyTypes.join(',') },
            { title: 'RULES', cell: rulesText },
          ],
          policiesOf(snapshot, pod),
        ),
      },
      ...rowsTable(clientsOfPod(snapshot, pod)),
      ...keptTable(kept),
    ].filter(({ table }) => table.rows.length > 0),
  };
}

/** The row of a Service that has the Pod as endpoint, selects it, or misses it by one label; else none. */
function rowOf(snapshot: Snapshot, service: Service, pod: Pod): readonly Row[] {
  const slices = snapshot.slices.filter((slice) => serviceOf(slice) === keyOf(service));
  const endpoint = slices
    .flatMap(({ endpoints }) => endpoints)
    .find(({ addresses }) => addresses.some((ip) => pod.status.podIPs.includes(ip)));
  if (endpoint) {
    const { ready = true, serving = true, terminating = false } = endpoint.conditions;
    const state = ready
      ? 'a ready endpoint'
      : terminating && serving
        ? 'an endpoint that terminates'
        : 'an endpoint, but not ready';
    return [{ service, leads: ready || (terminating && serving), why: state }];
  }
  if (!hasSelector(service)) return [];
  const lacks = missing(service, pod.metadata.labels);
  const [[key = '', value = ''] = []] = lacks;
  if (lacks.length === 0) return [{ service, leads: false, why: reasonOf(pod, slices.length) }];
  const has = pod.metadata.labels[key];
  // A selector of one label misses most Pods by one label: only a value that is spelt nearly so is a near miss.
  const isNear =
    lacks.length === 1 &&
    (Object.keys(service.spec.selector ?? {}).length > 1 || (has !== undefined && nearest(has, [value]) !== undefined));
  if (!isNear) return [];
  return [
    {
      service,
      leads: false,
      why: `it wants ${key}=${value}, the pod has ${has === undefined ? `no ${key}` : `${key}=${has}`}`,
    },
  ];
}

function reasonOf({ status }: Pod, slices: number): string {
  if (status.podIPs.length === 0) return `selected, but the pod has no address (${status.phase || 'no status'})`;
  return slices === 0 ? 'selected, but the Service has no slices' : 'selected, but no slice of the Service has it';
}

function findingsOf(snapshot: Snapshot, pod: Pod, rows: readonly Row[]): readonly Finding[] {
  const { origin, metadata, status, spec } = pod;
  const named = `kubectl -n ${metadata.namespace} describe pod ${metadata.name}`;
  const found: Finding[] = [];
  if (!isAlive(pod)) found.push(finding('pods-ended', 'nobody', `it has ended (${status.phase})`, named, origin));
  else if (status.podIPs.length === 0)
    found.push(
      finding(
        'pending',
        'nobody',
        `it is ${status.phase || 'without a status'} and has no address`,
        spec.nodeName ? `see why it does not start: ${named}` : `see why no Node takes it: ${named}`,
        origin,
      ),
    );
  else if (pod.terminating)
    found.push(finding('terminating', 'nobody', 'it is terminating', `see what deletes it: ${named}`, origin));
  else if (!status.ready)
    found.push(finding('not-ready', 'nobody', 'it is not ready', `see which readiness probe fails: ${named}`, origin));
  const node = snapshot.nodes.find((each) => each.metadata.name === spec.nodeName);
  if (snapshot.nodes.length > 0 && spec.nodeName && !node?.ready)
    found.push(
      finding(
        'node',
        'nobody',
        `its Node ${spec.nodeName} is ${node ? 'not ready' : 'not in the snapshot (gone?)'}`,
        `kubectl describe node ${spec.nodeName}`,
        origin,
      ),
    );
  const policies = policiesOf(snapshot, pod).filter(({ policyTypes }) => policyTypes.includes('Ingress'));
  const [policy] = policies;
  if (policy && policies.every(({ ingress }) => ingress.length === 0))
    found.push(
      finding(
        'network-policy',
        'nobody',
        `NetworkPolicy ${policy.metadata.name} admits nobody to it: it has no ingress rule`,
        'add an ingress rule for its clients',
        policy.origin,
      ),
    );
  const near = rows.filter(({ leads, why }) => !leads && why.startsWith('it wants'));
  if (!rows.some(({ leads }) => leads) && near[0])
    found.push(
      finding(
        'selector',
        'nobody',
        `no Service leads to it: ${keyOf(near[0].service)} nearly does, but ${near[0].why.replace(/^it wants/, 'wants')}`,
        'correct the label or the selector',
        origin,
      ),
    );
  return found;
}

/** A remark: it may be meant that the Pod does not reach them. */
function keptFindings(kept: readonly KeptService[], { metadata, origin }: Pod): readonly Finding[] {
  const surely = kept.filter(({ admission }) => admission === 'stopped');
  if (surely.length === 0) return [];
  const by = some(surely.flatMap((each) => each.by));
  const message = `NetworkPolicy ${by} keeps it from Service ${some(surely.map(({ service }) => keyOf(service)))}`;
  const labels = labelText(metadata.labels) || 'no labels';
  const fix = `if it is a client: admit its labels (${labels}) in a rule of the policy, or give it labels that one admits`;
  return [finding('network-policy', 'none', message, fix, origin)];
}

/** `2 ingress, 1 egress`, for the directions that it restricts. */
function rulesText({ policyTypes, ingress, egress }: NetworkPolicy): string {
  const counts = { Ingress: `${ingress.length} ingress`, Egress: `${egress.length} egress` } as const;
  return policyTypes.map((type) => counts[type as keyof typeof counts]).join(', ');
}

function policiesOf({ policies }: Snapshot, { metadata }: Pod) {
  return policies.filter(
    (policy) =>
      policy.metadata.namespace === metadata.namespace &&
      (isEmpty(policy.podSelector) || selects(policy.podSelector, metadata.labels)),
  );
}

function fieldsOf({ metadata, spec, status, origin }: Pod): Explanation['fields'] {
  const ports = spec.ports.map(({ name, port, protocol }) => `${name === '' ? '' : `${name} `}${port}/${protocol}`);
  return [
    {
      label: 'Pod',
      text: `${keyOf({ metadata })}, ${status.phase || 'no status'}, ${status.ready ? 'ready' : 'not ready'}`,
    },
    { label: 'Labels', text: labelText(metadata.labels) || 'none' },
    { label: 'Addresses', text: status.podIPs.join(', ') || 'none' },
    { label: 'Node', text: `${spec.nodeName ?? 'none'}${spec.hostNetwork ? ', in its network (hostNetwork)' : ''}` },
    { label: 'Ports', text: ports.join(', ') || 'none declared' },
    { label: 'Defined at', text: placeText(origin) },
  ];
}

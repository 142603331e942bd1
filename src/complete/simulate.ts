/**
 * complete, part: workloads → ready Pods, spread over the Nodes, with addresses of their Node's pod networks. A pod's
 * Node and addresses depend on names only, so a new workload does not move the pods of others.
 */
import { type Checked, type Diagnostic, hasErrors } from '../diag.js';
import { parseIp } from '../ip.js';
import { groupedBy } from '../order.js';
import { keyOf, type Node, type Pod, type PodSpec, type Snapshot, type Workload } from '../read/types.js';
import { assignEach, stableHash } from './assign.js';
import { hasEnded, withoutHooks } from './hooks.js';
import { ONLY, type Part, podNetworks } from './nodes.js';
import { fitsNowhere } from './nowhere.js';
import { fits } from './place.js';
import { type AddressRange, addressAt, placeOf } from './range.js';
import { indexPods, type Select } from './select.js';

/** The snapshot's pods and those of its workloads; pods without a status are placed and get addresses. */
export function simulatePods(snapshot: Snapshot, part: Part = ONLY): Checked<readonly Pod[]> {
  const { nodes } = snapshot;
  const lasting = withoutHooks(snapshot);
  const { pods, workloads } = lasting.value;
  const settled = pods.filter((pod) => !isBare(pod));
  const select = indexPods(settled.filter(({ status }) => !hasEnded(status)));
  const names = new Set(snapshot.pods.map(keyOf));
  const takers = takersAmong(nodes);
  const asked = workloads.reduce(
    (sum, { kind, replicas }) => sum + (kind === 'DaemonSet' ? nodes.length : replicas),
    0,
  );
  if (asked > MAX_PODS) return { value: settled, diagnostics: [tooMany(asked, workloads)] };
  const made: Pod[] = [];
  const diagnostics: Diagnostic[] = [...lasting.diagnostics];
  const parts = [
    ...pods.filter(isBare).map((pod) => placePod(pod, takers, nodes)),
    ...workloads.map((workload) => podsOf(workload, takers, nodes, select, names)),
  ];
  for (const { value, diagnostics: found } of parts) {
    for (const pod of value) made.push(pod);
    diagnostics.push(...found);
  }
  diagnostics.push(...giveAddresses(made, settled, nodes, podNetworks(nodes, part)));
  return { value: hasErrors(diagnostics) ? settled : [...settled, ...made], diagnostics };
}

/** Three times the pods that Kubernetes supports; one line of YAML can ask for more than fit into memory. */
const MAX_PODS = 500_000;

function tooMany(asked: number, workloads: readonly Workload[]): Diagnostic {
  const [most] = [...workloads].sort((a, b) => b.replicas - a.replicas);
  const message = `${asked} pods would be simulated, more than the limit of ${MAX_PODS}`;
  const origin = most && { ...most.origin, path: most.kind === 'DaemonSet' ? [] : ['spec', 'replicas'] };
  const hint = 'use fewer replicas, or fewer Nodes';
  return { code: 'too-many-pods', severity: 'error', message, hint, ...(origin && { origin }) };
}

/** Whether a Pod comes from a manifest: no kubelet has set its status. */
function isBare({ status, terminating }: Pod): boolean {
  return status.phase === '' && status.podIPs.length === 0 && !terminating;
}

/** The names of the Nodes that a pod fits on, sorted. */
type Takers = (spec: PodSpec, ofDaemonSet: boolean) => readonly string[];

/** Results are cached: most pods have the same requirements. */
function takersAmong(nodes: readonly Node[]): Takers {
  const sorted = [...nodes].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const known = new Map<string, readonly string[]>();
  return (spec, ofDaemonSet) => {
    const { nodeName, nodeSelector, nodeTerms, tolerations } = spec;
    const key = JSON.stringify([ofDaemonSet, nodeName, nodeSelector, nodeTerms, tolerations]);
    const found =
      known.get(key) ?? sorted.filter((node) => fits(node, spec, ofDaemonSet)).map(({ metadata }) => metadata.name);
    known.set(key, found);
    return found;
  };
}

function placePod(pod: Pod, takers: Takers, nodes: readonly Node[]): Checked<readonly Pod[]> {
  const { origin, spec } = pod;
  const able = takers(spec, false);
  const node = able[firstFor(`Pod ${keyOf(pod)}`, able)];
  if (node === undefined) return { value: [], diagnostics: [fitsNowhere(origin, 'it', spec, nodes)] };
  const placed = { ...pod, spec: { ...spec, nodeName: node }, status: running(), simulated: origin.object ?? '' };
  return { value: [placed], diagnostics: [simulation(origin, `it runs on ${node}`)] };
}

/** The pods of a workload; none if its pods are in the snapshot, or if another workload owns it. */
function podsOf(
  workload: Workload,
  takers: Takers,
  nodes: readonly Node[],
  select: Select,
  names: Set<string>,
): Checked<readonly Pod[]> {
  const { kind, metadata, replicas, template, owned, origin } = workload;
  if (owned || replicas === 0) return { value: [], diagnostics: [] };
  if (select(metadata.namespace, template.labels).length > 0) {
    return { value: [], diagnostics: [simulation(origin, 'its pods are in the snapshot, none is simulated')] };
  }
  const daemons = kind === 'DaemonSet';
  const able = takers(template.spec, daemons);
  if (able.length === 0) return { value: [], diagnostics: [fitsNowhere(origin, 'its pods', template.spec, nodes)] };
  const first = daemons ? 0 : firstFor(`${kind} ${keyOf(workload)}`, able);
  const count = daemons ? able.length : replicas;
  const specOn = specsOf(template.spec);
  const value = Array.from({ length: count }, (_, i): Pod => {
    const node = able[(first + i) % able.length] ?? '';
    const name = unusedName(workload, daemons ? node : `${workload.firstOrdinal + i}`, names);
    return toPod(workload, name, specOn(node));
  });
  const where = Math.min(count, able.length);
  const on = where === 1 ? (value[0]?.spec.nodeName ?? '') : `${where} Nodes`;
  return { value, diagnostics: [simulation(origin, `${count} ${count === 1 ? 'pod' : 'pods'} on ${on}`)] };
}

/** The index of the first Node, by the workload's name: so small workloads are not all on one Node. */
function firstFor(name: string, able: readonly string[]): number {
  return able.length === 0 ? 0 : stableHash(name) % able.length;
}

/** A template's spec on a Node; the pods on a Node share one object. */
function specsOf(spec: PodSpec): (node: string) => PodSpec {
  const known = new Map<string, PodSpec>();
  return (nodeName) => {
    const placed = known.get(nodeName) ?? { ...spec, nodeName };
    known.set(nodeName, placed);
    return placed;
  };
}

function unusedName({ metadata }: Workload, suffix: string, names: Set<string>): string {
  let name = `${metadata.name}-${suffix}`;
  let key = `${metadata.namespace}/${name}`;
  while (names.has(key)) {
    name += '-simulated';
    key += '-simulated';
  }
  names.add(key);
  return name;
}

/**
 * A StatefulSet's pods have their name as a label and as hostname, and its Service as subdomain (k/k
 * pkg/controller/statefulset, newStatefulSetPod).
 */
function toPod({ kind, metadata, serviceName, template, origin }: Workload, name: string, spec: PodSpec): Pod {
  const stateful = kind === 'StatefulSet';
  return {
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: stateful ? { ...template.labels, 'statefulset.kubernetes.io/pod-name': name } : template.labels,
      annotations: NO_STRINGS,
    },
    spec: stateful ? { ...spec, hostname: name, subdomain: serviceName } : spec,
    status: running(),
    terminating: false,
    simulated: origin.object ?? '',
    origin,
  };
}

const NO_STRINGS = {};

/** The status of a simulated pod, before it has addresses. */
function running(): Pod['status'] {
  return { phase: 'Running', ready: true, podIPs: NO_IPS };
}

const NO_IPS: readonly string[] = [];

/** Gives `pods` addresses of their Node's networks; the `settled` pods of the snapshot keep theirs. */
function giveAddresses(
  pods: readonly Pod[],
  settled: readonly Pod[],
  nodes: readonly Node[],
  networks: ReturnType<typeof podNetworks>,
): readonly Diagnostic[] {
  const [made, there] = [byNode(pods), byNode(settled)];
  return nodes.flatMap((node) => {
    const { name } = node.metadata;
    const here = made.get(name) ?? [];
    const own = nodeAddresses(node);
    for (const pod of here) if (pod.spec.hostNetwork) give(pod, own);
    const ranges = networks.get(name) ?? [];
    const others = here.filter(({ spec }) => !spec.hostNetwork);
    const left = placePods(others, there.get(name) ?? [], ranges);
    const [smallest] = bySize(ranges);
    return left.length > 0 && smallest ? [isFull(node, smallest, left)] : [];
  });
}

function byNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  return groupedBy(pods, ({ spec }) => spec.nodeName);
}

/** Each pod gets the same place in all networks of its Node. Returns the pods without a place, sorted. */
function placePods(pods: readonly Pod[], there: readonly Pod[], ranges: readonly AddressRange[]): readonly string[] {
  const [smallest] = bySize(ranges);
  if (!smallest || pods.length === 0) return [];
  const used = there.flatMap(({ status }) => status.podIPs).flatMap((ip) => parseIp(ip) ?? []);
  // The first address of a pod network belongs to the node itself.
  const taken = new Set([0, ...used.flatMap((ip) => ranges.flatMap((range) => placeOf(range, ip) ?? []))]);
  const places = assignEach(pods.map(keyOf), taken, smallest);
  const left: string[] = [];
  for (const [i, pod] of pods.entries()) {
    const place = places[i];
    if (place === undefined) left.push(keyOf(pod));
    else
      give(
        pod,
        ranges.map((range) => addressAt(range, place)),
      );
  }
  return left.sort();
}

function bySize(ranges: readonly AddressRange[]): readonly AddressRange[] {
  return [...ranges].sort((a, b) => a.size - b.size);
}

/** Sets the addresses of a pod in place: it was created here and is not shared yet. */
function give({ status }: Pod, podIPs: readonly string[]): void {
  Object.assign(status, { podIPs });
}

/** The first InternalIP of each family. */
function nodeAddresses({ addresses }: Node): readonly string[] {
  const ips = addresses.filter(({ type }) => type === 'InternalIP').flatMap(({ address }) => parseIp(address) ?? []);
  const found = [ips.find(({ family }) => family === 'ipv4'), ips.find(({ family }) => family === 'ipv6')];
  return found.flatMap((ip) => (ip ? [ip.text] : []));
}

function simulation(origin: Pod['origin'], what: string): Diagnostic {
  const message = `${origin.object}, simulated: ${what}`;
  return { code: 'simulated-pods', severity: 'note', message, origin, synthetic: true };
}

function isFull({ metadata, origin }: Node, { cidr, size }: AddressRange, left: readonly string[]): Diagnostic {
  const [first = ''] = left;
  const pods = left.length === 1 ? `Pod ${first}` : `Pod ${first} and ${left.length - 1} more`;
  const message = `the pod network ${cidr.text} of Node ${metadata.name} has room for ${size - 1} pods, not for ${pods}`;
  return { code: 'pod-network-full', severity: 'error', message, origin, hint: 'more Nodes, or fewer replicas' };
}

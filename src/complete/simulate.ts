/**
 * complete, part: workloads → Pods, spread over the Nodes, each with addresses of its Node's pod networks, all of them
 * ready. A pod's Node and addresses follow from names alone, so a new workload does not move the pods of others.
 */
import { type Checked, type Diagnostic, hasErrors } from '../diag.js';
import { parseIp } from '../ip.js';
import { keyOf, type Node, type Pod, type PodSpec, type Snapshot, type Workload } from '../read/types.js';
import { assign, stableHash } from './assign.js';
import { podNetworks } from './nodes.js';
import { fits } from './place.js';
import { type AddressRange, addressAt, placeOf } from './range.js';
import { indexPods, type Select } from './select.js';

/** The snapshot's pods, those of its workloads, and an address for each pod that has none. */
export function simulatePods(snapshot: Snapshot): Checked<readonly Pod[]> {
  const { pods, workloads, nodes } = snapshot;
  const settled = pods.filter((pod) => !isBare(pod));
  const select = indexPods(settled);
  const names = new Set(pods.map(keyOf));
  const takers = takersAmong(nodes);
  const made: Pod[] = [];
  const diagnostics: Diagnostic[] = [];
  const parts = [
    ...pods.filter(isBare).map((pod) => placePod(pod, takers)),
    ...workloads.map((workload) => podsOf(workload, takers, select, names)),
  ];
  for (const { value, diagnostics: found } of parts) {
    for (const pod of value) made.push(pod);
    diagnostics.push(...found);
  }
  diagnostics.push(...giveAddresses(made, settled, nodes));
  return { value: hasErrors(diagnostics) ? settled : [...settled, ...made], diagnostics };
}

/** A Pod as somebody wrote it, which no kubelet has seen. */
function isBare({ status, terminating }: Pod): boolean {
  return status.phase === '' && status.podIPs.length === 0 && !terminating;
}

/** The names of the Nodes that would take a pod, sorted. */
type Takers = (spec: PodSpec, ofDaemonSet: boolean) => readonly string[];

/** Most pods ask for the same. */
function takersAmong(nodes: readonly Node[]): Takers {
  const sorted = [...nodes].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const known = new Map<string, readonly string[]>();
  return (spec, ofDaemonSet) => {
    const { nodeName, nodeSelector, tolerations } = spec;
    const key = JSON.stringify([ofDaemonSet, nodeName, nodeSelector, tolerations]);
    const found =
      known.get(key) ?? sorted.filter((node) => fits(node, spec, ofDaemonSet)).map(({ metadata }) => metadata.name);
    known.set(key, found);
    return found;
  };
}

function placePod(pod: Pod, takers: Takers): Checked<readonly Pod[]> {
  const { origin, spec } = pod;
  const able = takers(spec, false);
  const node = able[firstFor(`Pod ${keyOf(pod)}`, able)];
  if (node === undefined) return { value: [], diagnostics: [fitsNowhere(origin, 'it')] };
  const placed = { ...pod, spec: { ...spec, nodeName: node }, status: running(), simulated: origin.object ?? '' };
  return { value: [placed], diagnostics: [simulation(origin, `it runs on ${node}`)] };
}

/** The pods of a workload, but for one whose pods are there already, or are another one's. */
function podsOf(workload: Workload, takers: Takers, select: Select, names: Set<string>): Checked<readonly Pod[]> {
  const { kind, metadata, replicas, template, owned, origin } = workload;
  if (owned || replicas === 0) return { value: [], diagnostics: [] };
  if (select(metadata.namespace, template.labels).length > 0) {
    return { value: [], diagnostics: [simulation(origin, 'its pods are in the snapshot, none is simulated')] };
  }
  const daemons = kind === 'DaemonSet';
  const able = takers(template.spec, daemons);
  if (able.length === 0) return { value: [], diagnostics: [fitsNowhere(origin, 'its pods')] };
  const first = daemons ? 0 : firstFor(`${kind} ${keyOf(workload)}`, able);
  const count = daemons ? able.length : replicas;
  const value = Array.from({ length: count }, (_, i): Pod => {
    const node = able[(first + i) % able.length] ?? '';
    return toPod(workload, unusedName(workload, daemons ? node : `${workload.firstOrdinal + i}`, names), node);
  });
  const where = Math.min(count, able.length);
  const nodes = where === 1 ? (value[0]?.spec.nodeName ?? '') : `${where} Nodes`;
  return { value, diagnostics: [simulation(origin, `${count} ${count === 1 ? 'pod' : 'pods'} on ${nodes}`)] };
}

/** Where to begin, by name: small workloads are not all on the first Node. */
function firstFor(name: string, able: readonly string[]): number {
  return able.length === 0 ? 0 : stableHash(name) % able.length;
}

function unusedName({ metadata }: Workload, suffix: string, names: Set<string>): string {
  let name = `${metadata.name}-${suffix}`;
  while (names.has(`${metadata.namespace}/${name}`)) name += '-simulated';
  names.add(`${metadata.namespace}/${name}`);
  return name;
}

/** A StatefulSet's pods know their own name and that of their Service (k/k pkg/controller/statefulset, newStatefulSetPod). */
function toPod({ kind, metadata, serviceName, template, origin }: Workload, name: string, nodeName: string): Pod {
  const stateful = kind === 'StatefulSet';
  return {
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: stateful ? { ...template.labels, 'statefulset.kubernetes.io/pod-name': name } : template.labels,
      annotations: {},
    },
    spec: { ...template.spec, nodeName, ...(stateful ? { hostname: name, subdomain: serviceName } : {}) },
    status: running(),
    terminating: false,
    simulated: origin.object ?? '',
    origin,
  };
}

/** Without addresses, which are still to be given. */
function running(): Pod['status'] & { readonly podIPs: string[] } {
  return { phase: 'Running', ready: true, podIPs: [] };
}

/** Each Node's pods share its networks; those of the snapshot keep what they have. */
function giveAddresses(pods: readonly Pod[], settled: readonly Pod[], nodes: readonly Node[]): readonly Diagnostic[] {
  const networks = podNetworks(nodes);
  const byNode = new Map<string, Pod[]>(nodes.map(({ metadata }) => [metadata.name, []]));
  for (const pod of pods) byNode.get(pod.spec.nodeName ?? '')?.push(pod);
  const used = settled.flatMap(({ status }) => status.podIPs).flatMap((ip) => parseIp(ip) ?? []);
  return nodes.flatMap((node) => {
    const here = byNode.get(node.metadata.name) ?? [];
    const own = nodeAddresses(node);
    for (const { spec, status } of here) if (spec.hostNetwork) ipsOf(status).push(...own);
    const others = new Map(here.filter(({ spec }) => !spec.hostNetwork).map((pod) => [keyOf(pod), pod]));
    return (networks.get(node.metadata.name) ?? []).flatMap((range) => {
      // The first address is the node's own end of the pods' network.
      const taken = new Set([0, ...used.flatMap((ip) => placeOf(range, ip) ?? [])]);
      const { places, left } = assign([...others.keys()], taken, range);
      for (const [key, place] of places) {
        const pod = others.get(key);
        if (pod) ipsOf(pod.status).push(addressAt(range, place));
      }
      return left.length > 0 ? [isFull(node, range, left)] : [];
    });
  });
}

/** Of a pod that `running` made, which nobody has seen yet. */
function ipsOf(status: Pod['status']): string[] {
  return status.podIPs as string[];
}

/** The first of each family. */
function nodeAddresses({ addresses }: Node): readonly string[] {
  const ips = addresses.filter(({ type }) => type === 'InternalIP').flatMap(({ address }) => parseIp(address) ?? []);
  const found = [ips.find(({ family }) => family === 'ipv4'), ips.find(({ family }) => family === 'ipv6')];
  return found.flatMap((ip) => (ip ? [ip.text] : []));
}

function simulation(origin: Pod['origin'], what: string): Diagnostic {
  return { code: 'simulated-pods', severity: 'note', message: `${origin.object}, simulated: ${what}`, origin };
}

function fitsNowhere(origin: Pod['origin'], what: string): Diagnostic {
  const message = `${origin.object}: no Node would take ${what}, so none is simulated`;
  const hint = 'its nodeName, nodeSelector or tolerations leave none of the Nodes in the snapshot';
  return { code: 'unschedulable', severity: 'warning', message, origin, hint };
}

function isFull({ metadata, origin }: Node, { cidr, size }: AddressRange, left: readonly string[]): Diagnostic {
  const [first = ''] = left;
  const pods = left.length === 1 ? `Pod ${first}` : `Pod ${first} and ${left.length - 1} more`;
  const message = `the pod network ${cidr.text} of Node ${metadata.name} has room for ${size - 1} pods, not for ${pods}`;
  return { code: 'pod-network-full', severity: 'error', message, origin, hint: 'more Nodes, or fewer replicas' };
}

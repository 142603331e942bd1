/**
 * explain: NetworkPolicies at the endpoints of a Service: which senders they let in. The rules of Services do not know
 * policies, so a cell of the matrix says what both do.
 */
import { parseIp } from '../ip.js';
import { type Judge, type Judgement, judgeOf, type PodPort, type PolicyPod, type Receiver } from '../lint/judge.js';
import { groupedBy } from '../order.js';
import { keyOf, type Pod, type Snapshot } from '../read/types.js';
import type { NodeContext, ServicePort } from '../resolve/types.js';
import { type About, isAlive, type Listed } from './about.js';
import type { Client } from './clients.js';
import { nodeAddress } from './on-nodes.js';
import type { Cell } from './types.js';

/** Alike Pods as clients. */
export interface PodClients {
  readonly namespace: string;
  readonly names: readonly string[];
  readonly pod: PolicyPod;
}

/** An endpoint that a connection reaches. */
export interface Reached {
  readonly address: string;
  readonly port: number;
  readonly masquerade: boolean;
}

export interface Gate {
  readonly clients: readonly PodClients[];
  /** The Pod of an endpoint; undefined when it is none, so that no policy is about it. */
  readonly receiverOf: (endpoint: Listed) => Receiver | undefined;
  readonly judge: Judge;
  /** What policies change for a client of the matrix; undefined when they admit it to all that it reaches. */
  readonly cell: (
    client: Client,
    context: NodeContext,
    port: ServicePort,
    reached: readonly Reached[],
  ) => Cell['policy'] | undefined;
}

/** Undefined when the snapshot has no NetworkPolicy. */
export function gateOf(about: About): Gate | undefined {
  const { snapshot, endpoints, service } = about;
  if (snapshot.policies.length === 0) return undefined;
  const judge = judgeOf(snapshot);
  const own = new Set(endpoints.map(({ address }) => address));
  const clients = podClients(snapshot, (pod) => pod.status.podIPs.every((ip) => !own.has(ip)));
  const byAddress = new Map(endpoints.map((each) => [each.address, each]));
  const receivers = new Map(endpoints.map((each) => [each.address, receiverFrom(each, service.spec.selector)]));
  const fromPods = rememberedFor(judge, clients);
  const podAt = (address: string) => byAddress.get(address)?.pod;
  const nodeAt = new Map(
    snapshot.nodes.flatMap(({ metadata, addresses }) => addresses.map(({ address }) => [address, metadata.name])),
  );
  return {
    judge,
    clients,
    receiverOf: ({ address }) => receivers.get(address),
    cell: (client, context, port, reached) => {
      const judged = reached.flatMap((each) => {
        const receiver = receivers.get(each.address);
        if (!receiver) return [FREE];
        const node = byAddress.get(each.address)?.endpoint.nodeName ?? '';
        const isHere = node !== '' && node === context.name;
        const isOwn = node !== '' && node === (nodeAt.get(client.ip.text) ?? (client.inInterface ? '' : context.name));
        const to: PodPort = { protocol: port.name.protocol, port: each.port };
        const way = { receiver, to, isHere, isOwn, masquerade: each.masquerade };
        return judgedFor({ judge, fromPods, podAt }, client, way, nodeAddress(context));
      });
      return summary(judged);
    },
  };
}

const FREE: Judgement = { admission: 'admitted', by: [] };

/** The Pods that could be clients, those with the same labels together. */
export function podClients(
  { pods, policies }: Snapshot,
  isClient: (pod: Pod) => boolean = () => true,
): readonly PodClients[] {
  const blocks = policies.some(({ ingress }) => ingress.some(({ peers }) => peers.some(({ ipBlock }) => ipBlock)));
  const found = pods.filter(
    (pod) => isAlive(pod) && !pod.spec.hostNetwork && pod.status.podIPs.length > 0 && isClient(pod),
  );
  const alike = groupedBy(found, ({ metadata: { namespace, labels }, status: { podIPs } }) =>
    JSON.stringify([namespace, Object.entries(labels).sort(), blocks ? podIPs : []]),
  );
  return [...alike.values()].flatMap((group) =>
    group.slice(0, 1).map((pod) => ({
      namespace: pod.metadata.namespace,
      names: group.map(({ metadata }) => metadata.name),
      pod: policyPod(pod),
    })),
  );
}

export function policyPod({
  metadata: { namespace, labels },
  status,
}: Pod): PolicyPod & { readonly namespace: string } {
  return { namespace, labels, ips: status.podIPs.flatMap((ip) => parseIp(ip) ?? []) };
}

export function podReceiver(pod: Pod): Receiver {
  return { ...policyPod(pod), declared: pod.spec.ports, ...(pod.spec.hostNetwork && { hostNetwork: true }) };
}

/** Endpoints without a known Pod: with a selector, they are Pods of unknown labels; without one, no Pods at all. */
function receiverFrom({ pod, slice, address }: Listed, selector: unknown): Receiver | undefined {
  if (pod) return podReceiver(pod);
  if (selector === undefined) return undefined;
  const ip = parseIp(address);
  return { namespace: slice.metadata.namespace, ips: ip ? [ip] : [], declared: [] };
}

interface Way {
  readonly receiver: Receiver;
  readonly to: PodPort;
  /** The endpoint is on the node whose rules are asked. */
  readonly isHere: boolean;
  /** The endpoint is on the node that the client is. */
  readonly isOwn: boolean;
  readonly masquerade: boolean;
}

type FromPods = (receiver: Receiver, to: PodPort) => readonly Judgement[];

interface Asked {
  readonly judge: Judge;
  readonly fromPods: FromPods;
  readonly podAt: (address: string) => Pod | undefined;
}

function judgedFor(
  { judge, fromPods, podAt }: Asked,
  { who, ip }: Client,
  { receiver, to, isHere, isOwn, masquerade }: Way,
  nodeIp: string,
): readonly Judgement[] {
  const node = parseIp(nodeIp);
  // On another node it comes with the address of this one.
  if (masquerade && !isHere && node) return [judge(node, receiver, to)];
  // What a node sends to its own Pods is always allowed, and what a Pod sends to itself.
  if (who === 'node' && isOwn) return [FREE];
  if (who === 'itself' && receiver.ips.some(({ text }) => text === ip.text)) return [FREE];
  const original = who === 'pod' ? fromPods(receiver, to) : [];
  const pod = who === 'itself' ? podAt(ip.text) : undefined;
  const sender = pod ? policyPod(pod) : who === 'pod' || who === 'itself' ? { ips: [ip] } : ip;
  const judged = original.length > 0 ? original : [judge(sender, receiver, to)];
  if (!masquerade) return judged;
  // On this node network plugins filter before or after masquerading.
  return judged.map((each) => (each.admission === 'stopped' ? { ...each, admission: 'depends' } : each));
}

function summary(judged: readonly Judgement[]): Cell['policy'] | undefined {
  const admission = overall(judged);
  if (admission === 'admitted') return undefined;
  const by = judged.filter((each) => each.admission !== 'admitted').flatMap((each) => each.by.map(keyOf));
  return { admission, by: [...new Set(by)].sort() };
}

/** The admission of several: `in part` where some are surely admitted, and others are not. */
export function overall(judged: readonly Judgement[]): Judgement['admission'] | 'in part' {
  const found = new Set(judged.map(({ admission }) => admission));
  const [only = 'admitted'] = found;
  if (found.size <= 1) return only;
  return found.has('admitted') ? 'in part' : 'depends';
}

/** What all Pods that could be clients get, one judgement for each admission; decided once for each receiver. */
function rememberedFor(judge: Judge, clients: readonly PodClients[]): FromPods {
  const known = new WeakMap<Receiver, Map<string, readonly Judgement[]>>();
  return (receiver, to) => {
    const own = known.get(receiver) ?? new Map<string, readonly Judgement[]>();
    known.set(receiver, own);
    const key = `${to.protocol} ${to.port}`;
    const judged = own.get(key) ?? together(clients.map(({ pod }) => judge(pod, receiver, to)));
    own.set(key, judged);
    return judged;
  };
}

function together(judged: readonly Judgement[]): readonly Judgement[] {
  const groups = groupedBy(judged, ({ admission }) => admission);
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ admission }) => ({ admission, by: [...new Set(group.flatMap(({ by }) => by))] })),
  );
}

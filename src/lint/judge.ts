/**
 * lint, part: what NetworkPolicies admit. In: the policies and Namespaces, a sender, a Pod and its port. Out: whether the
 * packet gets in, and which policies decide. A policy applies after DNAT, so its ports are those of the Pod; policies
 * only add to what others admit (networking/v1, NetworkPolicySpec).
 */
import { contains, type Ip, parseCidr } from '../ip.js';
import { groupedBy, sorted } from '../order.js';
import { type LabelSelector, selects } from '../read/selects.js';
import type { ContainerPort, NetworkPolicy, PolicyPeer, PolicyRule, Protocol, Snapshot } from '../read/types.js';

type Labels = Readonly<Record<string, string>>;

/** How much of a Pod is known: without `labels` it may be any Pod of the namespace, without `namespace` of any. */
export interface PolicyPod {
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly ips: readonly Ip[];
}

/** Where a packet comes from: a Pod, or an address of a node or outside of the cluster. */
export type Sender = PolicyPod | Ip;

/** Where it goes: a Pod, and the port that its container listens on. */
export interface Receiver extends PolicyPod {
  readonly namespace: string;
  readonly declared: readonly ContainerPort[];
  /** In the network of its node, where it is undefined what a policy does; most network plugins do nothing. */
  readonly hostNetwork?: boolean;
}

export interface PodPort {
  readonly protocol: Protocol;
  readonly port: number;
}

/** `depends`: on labels that the input lacks, or on the network plugin. */
export type Admission = 'admitted' | 'stopped' | 'depends';

export interface Judgement {
  readonly admission: Admission;
  /** The policies that restrict the packet and admit none such; where it is admitted, those that admit it. */
  readonly by: readonly NetworkPolicy[];
}

export type Judge = (sender: Sender, receiver: Receiver, port: PodPort) => Judgement;

/** The judge of a snapshot. */
export function judgeOf({ policies, namespaces }: Pick<Snapshot, 'policies' | 'namespaces'>): Judge {
  const byNamespace = groupedBy(sorted(policies), ({ metadata }) => metadata.namespace);
  const labels = new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels]));
  const about: Places = {
    policies: (namespace, type) =>
      (byNamespace.get(namespace) ?? []).filter(({ policyTypes }) => policyTypes.includes(type)),
    labels: (namespace) => labels.get(namespace),
  };
  return (sender, receiver, port) => {
    const ingress = directed(about, 'Ingress', receiver, sender, receiver, port);
    const within: Directed = receiver.hostNetwork && ingress.sure === 0 ? { ...ingress, sure: MAYBE } : ingress;
    const egress = isPod(sender) ? directed(about, 'Egress', sender, receiver, receiver, port) : FREE;
    const [worst, other] = egress.sure < within.sure ? [egress, within] : [within, egress];
    const by = worst.sure === other.sure ? [...worst.by, ...other.by] : worst.by;
    return { admission: ADMISSIONS[worst.sure], by };
  };
}

/** Whether a rule admits traffic to a port of a Pod that declares the ports `declared`. */
export function opensPort(
  { ports }: PolicyRule,
  { protocol, port }: PodPort,
  declared: readonly ContainerPort[],
): boolean {
  if (ports.length === 0) return true;
  return ports.some(({ protocol: of, port: first, endPort }) => {
    if (of !== protocol) return false;
    if (first === undefined) return true;
    if (typeof first === 'number') return port >= first && port <= (endPort ?? first);
    return declared.some((own) => own.name === first && own.protocol === protocol && own.port === port);
  });
}

/** No, perhaps, yes: the least of them is "and", the greatest "or". */
type Sure = 0 | 1 | 2;
const MAYBE = 1;
const ADMISSIONS: Readonly<Record<Sure, Admission>> = { 0: 'stopped', 1: 'depends', 2: 'admitted' };

interface Directed {
  readonly sure: Sure;
  readonly by: readonly NetworkPolicy[];
}

const FREE: Directed = { sure: 2, by: [] };

interface Places {
  readonly policies: (namespace: string, type: string) => readonly NetworkPolicy[];
  readonly labels: (namespace: string) => Labels | undefined;
}

/** What the policies of one direction say that select `own`, about the packet with `other` at its other end. */
function directed(
  about: Places,
  type: 'Ingress' | 'Egress',
  own: PolicyPod,
  other: Sender,
  { declared }: Receiver,
  port: PodPort,
): Directed {
  if (own.namespace === undefined) return FREE;
  const found = about.policies(own.namespace, type).flatMap((policy) => {
    const selected = fits(policy.podSelector, own.labels);
    if (selected === 0) return [];
    const rules = (type === 'Ingress' ? policy.ingress : policy.egress).filter((rule) =>
      opensPort(rule, port, declared),
    );
    return [{ policy, selected, sure: most(rules.map((rule) => fromPeers(about, rule, policy, other))) }];
  });
  if (found.length === 0) return FREE;
  const certain = found.filter(({ selected }) => selected === 2);
  const perhaps = found.filter(({ selected }) => selected === MAYBE);
  // Without a policy that surely selects it, the Pod may be free: only what each policy admits is sure.
  const sure =
    certain.length > 0
      ? most([...certain.map((each) => each.sure), ...perhaps.map((each) => least([each.sure, MAYBE]))])
      : most([least(perhaps.map((each) => each.sure)), MAYBE]);
  const by = sure === 2 ? found.filter((each) => each.sure === 2) : found;
  return { sure, by: by.map(({ policy }) => policy) };
}

function fromPeers(about: Places, { peers }: PolicyRule, { metadata }: NetworkPolicy, other: Sender): Sure {
  if (peers.length === 0) return 2;
  return most(peers.map((peer) => isPeer(about, peer, metadata.namespace, other)));
}

function isPeer(about: Places, peer: PolicyPeer, namespace: string, other: Sender): Sure {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (ipBlock) {
    if (!isPod(other)) return isIn(ipBlock, other) ? 2 : 0;
    // Addresses are for ends outside of the cluster; some plugins match Pods by them, some do not.
    return other.ips.length === 0 || other.ips.some((ip) => isIn(ipBlock, ip)) ? MAYBE : 0;
  }
  if (!isPod(other)) return 0;
  const there = namespaceSelector
    ? inNamespaces(about, namespaceSelector, other.namespace)
    : other.namespace === undefined
      ? MAYBE
      : other.namespace === namespace
        ? 2
        : 0;
  return podSelector ? least([there, fits(podSelector, other.labels)]) : there;
}

/** The API server gives every Namespace the label with its name. */
const NAME = 'kubernetes.io/metadata.name';

function inNamespaces({ labels }: Places, selector: LabelSelector, namespace: string | undefined): Sure {
  if (namespace === undefined) return fits(selector, undefined);
  const known = labels(namespace);
  if (known) return fits(selector, { ...known, [NAME]: namespace });
  const { matchLabels, matchExpressions } = selector;
  const isName = ([key]: readonly [string, unknown]) => key === NAME;
  const entries = Object.entries(matchLabels);
  const named: LabelSelector = {
    matchLabels: Object.fromEntries(entries.filter(isName)),
    matchExpressions: matchExpressions.filter(({ key }) => key === NAME),
  };
  if (!selects(named, { [NAME]: namespace })) return 0;
  const isAll = entries.every(isName) && matchExpressions.every(({ key }) => key === NAME);
  return isAll ? 2 : MAYBE;
}

/** Whether a selector selects the labels; of unknown labels only the empty selector is sure. */
function fits(selector: LabelSelector, labels: Labels | undefined): Sure {
  if (labels) return selects(selector, labels) ? 2 : 0;
  return Object.keys(selector.matchLabels).length + selector.matchExpressions.length === 0 ? 2 : MAYBE;
}

function isIn({ cidr, except }: NonNullable<PolicyPeer['ipBlock']>, ip: Ip): boolean {
  const within = (text: string) => {
    const network = parseCidr(text);
    return network !== undefined && contains(network, ip);
  };
  return within(cidr) && !except.some(within);
}

function isPod(sender: Sender): sender is PolicyPod {
  return 'ips' in sender;
}

function most(values: readonly Sure[]): Sure {
  return values.includes(2) ? 2 : values.includes(MAYBE) ? MAYBE : 0;
}

function least(values: readonly Sure[]): Sure {
  return values.includes(0) ? 0 : values.includes(MAYBE) ? MAYBE : 2;
}

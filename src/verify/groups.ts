/**
 * groups: packet classes that differ → the differences in the output: one group for each Service and kind, with the smallest
 * packet as its example.
 */
import * as crypto from 'node:crypto';
import { joinHostPort } from '../ip.js';
import { stepsOf } from '../packet/branch.js';
import type { Outcome } from '../packet/evaluate.js';
import type { PacketClass } from '../packet/packet.js';
import { numberOf } from './classes.js';
import type { Compared, Kind } from './compare.js';
import { type Fate, keyOf } from './fate.js';

/** Packet classes of one kind and subject. */
export interface Group {
  readonly kind: Kind;
  /** The names of the by-design differences; empty if the difference is not by design. */
  readonly byDesign: readonly string[];
  /** A Service or ServicePort, a destination address, `node-ports` of several Services, or `by-design:` with the names. */
  readonly subject: string;
  /** For node ports: the ports as `30080/tcp`, and the addresses of the node. */
  readonly nodePorts?: { readonly ports: readonly string[]; readonly addresses: readonly string[] };
  /** At most three of the `placeCount` places, as `10.96.0.1:80/tcp`. */
  readonly places: readonly string[];
  readonly placeCount: number;
  readonly classes: number;
  readonly example: Compared;
  /** The line for --accept: kind, subject and a digest of all classes with their fates; `subject` if by design. */
  readonly id: string;
}

interface Growing {
  readonly places: ReadonlySet<string>;
  readonly digests: readonly string[];
  readonly subject: string;
  /** The packets are to node ports, which are told by their numbers. */
  readonly isOfNodePorts: boolean;
  readonly ports: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
  readonly example: Compared;
}

/** Collects packet classes with `add`; `groups` returns their groups, sorted. */
export function newGroups(): { readonly add: (compared: Compared) => void; readonly groups: () => readonly Group[] } {
  const found = new Map<string, Growing[]>();
  return {
    add(compared) {
      const one = groupOf(compared);
      const key = `${compared.byDesign.length > 0 ? '' : compared.kind} ${one.subject} ${one.isOfNodePorts}`;
      const list = found.get(key);
      if (list) list.push(one);
      else found.set(key, [one]);
    },
    groups: () =>
      ofOneCause([...found.values()].map(union))
        .map(finished)
        .sort(byWeight),
  };
}

function groupOf(compared: Compared): Growing {
  const { packet } = compared;
  return {
    places: new Set([placeOf(packet)]),
    digests: [digest(textOf(compared))],
    subject: subjectOf(compared),
    isOfNodePorts: isOfNodePorts(compared),
    ports: new Set([`${packet.destinationPort}/${packet.protocol}`]),
    addresses: new Set([packet.destination.text]),
    example: compared,
  };
}

function union(groups: readonly Growing[]): Growing {
  const all = (of: (group: Growing) => ReadonlySet<string>) => new Set(groups.flatMap((group) => [...of(group)]));
  return {
    ...(groups[0] as Growing),
    places: all(({ places }) => places),
    digests: groups.flatMap(({ digests }) => digests),
    ports: all(({ ports }) => ports),
    addresses: all(({ addresses }) => addresses),
    example: groups.map(({ example }) => example).reduce((a, b) => (isSmaller(b.packet, a.packet) ? b : a)),
  };
}

/** Node ports of several Services that change alike on the same addresses have one cause: they are one group. */
function ofOneCause(groups: readonly Growing[]): readonly Growing[] {
  const alike = new Map<string, Growing[]>();
  for (const group of groups) {
    const key = group.isOfNodePorts ? `${group.example.kind} ${[...group.addresses].sort()}` : group.subject;
    const list = group.isOfNodePorts ? alike.get(key) : undefined;
    if (list) list.push(group);
    else alike.set(group.isOfNodePorts ? key : `${alike.size}`, [group]);
  }
  return [...alike.values()].map((list) => (list.length > 1 ? { ...union(list), subject: 'node-ports' } : union(list)));
}

function finished({ places, digests, subject, example, isOfNodePorts, ports, addresses }: Growing): Group {
  const { kind, byDesign, packet } = example;
  const first = packet.destination.text;
  return {
    kind,
    byDesign,
    subject,
    ...(isOfNodePorts && { nodePorts: { ports: [...ports], addresses: [...new Set([first, ...addresses])] } }),
    places: [...places].slice(0, 3),
    placeCount: places.size,
    classes: digests.length,
    example,
    id: byDesign.length > 0 ? subject : `${kind} ${subject} #${digest(digests.toSorted().join()).slice(0, 10)}`,
  };
}

/** The order of kinds in the output: undecided, then lost traffic, then changed traffic. */
const ORDER: readonly Kind[] = [
  'undecided',
  'no-longer-served',
  'dropped',
  'rejected',
  'untouched',
  'verdicts',
  'endpoints',
  'newly-served',
  'answer',
  'source',
  'affinity',
  'scheduler',
  'shares',
  'route',
  'mark',
];

function byWeight(a: Group, b: Group): number {
  return (
    a.byDesign.length - b.byDesign.length ||
    ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
    (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0)
  );
}

/** `10.96.0.1:80/tcp` */
export function placeOf({ destination: { text }, destinationPort: port, protocol }: PacketClass): string {
  return `${port === undefined ? text : joinHostPort(text, port)}/${protocol}`;
}

/** Kinds that one changed option can cause for the node ports of all Services, such as --nodeport-addresses. */
const OF_ALL: ReadonlySet<Kind> = new Set<Kind>([
  'no-longer-served',
  'newly-served',
  'dropped',
  'rejected',
  'untouched',
]);

/** The Service; the destination address if no Service is known. */
function subjectOf({ packet, a, b, byDesign }: Compared): string {
  if (byDesign.length > 0) return `by-design:${byDesign.join('+')}`;
  return [a, b].flatMap(serviceIn)[0] ?? packet.destination.text;
}

function isOfNodePorts({ kind, a, b, byDesign }: Compared): boolean {
  const isOfService = [a, b].flatMap(serviceIn).length > 0 && byDesign.length === 0;
  return OF_ALL.has(kind) && isOfService && [...a, ...b].some(isToNodePort);
}

/** The chain of iptables, or the map of nftables, that leads to the Services of node ports. */
function isToNodePort(outcome: Outcome): boolean {
  return stepsOf(outcome).some(
    ({ table, chain, text }) =>
      (table === 'nat' && /^(?:KUBE|VIPC)-NODEPORTS$/.test(chain)) || / vmap @service-nodeports /.test(text),
  );
}

/** The ServicePort of the first rule that has one: from kube-proxy's comment, otherwise from the rule's owner. */
function serviceIn(outcomes: readonly Outcome[]): readonly string[] {
  for (const outcome of outcomes)
    for (const { text, owner } of stepsOf(outcome)) {
      const [, name] = /--comment "?([a-z0-9.-]+\/[a-z0-9.-]+(?::[a-z0-9-]+)?)[" ]/.exec(text) ?? [];
      if (name !== undefined) return [name];
      if (owner) return [`${owner.namespace}/${owner.service}${owner.port === '' ? '' : `:${owner.port}`}`];
    }
  return [];
}

/** Sorts packets: fewest conditions first, then TCP, then from outside, loopback addresses last, then by address and port. */
function isSmaller(a: PacketClass, b: PacketClass): boolean {
  const [left, right] = [sizeOf(a), sizeOf(b)];
  for (const [i, value] of left.entries()) {
    const other = right[i] ?? value;
    if (value !== other) return value < other;
  }
  return false;
}

function sizeOf(packet: PacketClass): readonly (bigint | number)[] {
  const { state, remembered, sourcePort, inInterface, protocol, source, destination, destinationPort = 0 } = packet;
  return [
    Number(state !== undefined) + Number(remembered !== undefined),
    Number(sourcePort !== undefined && sourcePort !== 40000),
    Number(protocol !== 'tcp'),
    Number(inInterface === undefined),
    Number(!/^(?:198\.51\.100\.100|2001:db8::64)$/.test(source.text)),
    Number(destination.family === 'ipv6'),
    Number(/^(?:127\.|::1$)/.test(destination.text)),
    numberOf(destination),
    destinationPort,
    numberOf(source),
  ];
}

function textOf({ packet, fates }: Compared): string {
  const { source, inInterface, sourcePort, state, remembered } = packet;
  return JSON.stringify([
    placeOf(packet),
    source.text,
    inInterface,
    sourcePort,
    state,
    remembered,
    ...fates.map(shares),
  ]);
}

function shares(fates: readonly Fate[]): readonly string[] {
  return fates.map((fate) => `${keyOf(fate)} ${fate.share.n}/${fate.share.d} ${fate.outcome.depends.join()}`).sort();
}

function digest(text: string): string {
  return crypto.hash('md5', text, 'hex');
}

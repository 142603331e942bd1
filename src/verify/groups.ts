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
  /** A Service or ServicePort, a destination address, or `by-design:` with the names. */
  readonly subject: string;
  /** At most three of the `placeCount` places, as `10.96.0.1:80/tcp`. */
  readonly places: readonly string[];
  readonly placeCount: number;
  readonly classes: number;
  readonly example: Compared;
  /** The line for --accept: kind, subject and a digest of all classes with their fates; `subject` if by design. */
  readonly id: string;
}

interface Growing {
  readonly places: Set<string>;
  readonly digests: string[];
  readonly subject: string;
  example: Compared;
}

/** Collects packet classes with `add`; `groups` returns their groups, sorted. */
export function newGroups(): { readonly add: (compared: Compared) => void; readonly groups: () => readonly Group[] } {
  const found = new Map<string, Growing>();
  return {
    add(compared) {
      const subject = subjectOf(compared);
      const key = `${compared.byDesign.length > 0 ? '' : compared.kind} ${subject}`;
      const group = found.get(key) ?? { places: new Set(), digests: [], subject, example: compared };
      found.set(key, group);
      group.places.add(placeOf(compared.packet));
      group.digests.push(digest(textOf(compared)));
      if (isSmaller(compared.packet, group.example.packet)) group.example = compared;
    },
    groups: () => [...found.values()].map(finished).sort(byWeight),
  };
}

function finished({ places, digests, subject, example }: Growing): Group {
  const { kind, byDesign } = example;
  return {
    kind,
    byDesign,
    subject,
    places: [...places].slice(0, 3),
    placeCount: places.size,
    classes: digests.length,
    example,
    id: byDesign.length > 0 ? subject : `${kind} ${subject} #${digest(digests.sort().join()).slice(0, 10)}`,
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

/** The Service; the destination address if no Service is known, or for OF_ALL kinds of node ports. */
function subjectOf({ kind, packet, a, b, byDesign }: Compared): string {
  const service = [a, b].flatMap(serviceIn)[0];
  if (byDesign.length > 0) return `by-design:${byDesign.join('+')}`;
  if (service === undefined) return packet.destination.text;
  return OF_ALL.has(kind) && isNodePort([...a, ...b]) ? packet.destination.text : service;
}

function isNodePort(outcomes: readonly Outcome[]): boolean {
  return outcomes.some((outcome) => stepsOf(outcome).some(({ chain }) => chain === 'KUBE-NODEPORTS'));
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

/** Sorts packets: fewest conditions first, then TCP, then from outside, then by address and port. */
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

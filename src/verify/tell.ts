/**
 * tell: the result of a comparison → lines of text or Markdown.
 */
import { toNumber } from '../packet/fraction.js';
import type { PacketClass } from '../packet/packet.js';
import type { Accepted } from './accept.js';
import type { Kind } from './compare.js';
import type { Fate } from './fate.js';
import { type Group, placeOf } from './groups.js';
import { meetings } from './meetings.js';
import type { Counts } from './verify.js';

export interface Found extends Accepted {
  readonly counts: Counts;
}

/** Whether no open difference and nothing undecided is left. */
export function isEqual({ open, counts }: Found): boolean {
  return open.length === 0 && counts.unread !== 'not alike' && counts.notCompared.length === 0;
}

const PHRASES: Readonly<Record<Kind, (places: string) => string>> = {
  undecided: (places) => `${places}: it depends on what is not known here`,
  'no-longer-served': (places) => `${places} no longer served`,
  'newly-served': (places) => `${places} newly served`,
  dropped: (places) => `${places} now dropped`,
  rejected: (places) => `${places} now refused`,
  untouched: (places) => `${places} now left as they are`,
  verdicts: (places) => `${places} end otherwise`,
  answer: (places) => `${places} refused with another answer`,
  endpoints: (places) => `${places} lead to other endpoints`,
  source: (places) => `${places} show endpoints another source address`,
  affinity: (places) => `${places} keep clients otherwise`,
  scheduler: (places) => `${places} picked otherwise`,
  shares: (places) => `${places} share connections out otherwise`,
  route: (places) => `${places} stay on the node on one side only`,
  mark: (places) => `${places} leave with another mark`,
};

/** One sentence that describes the group, with the number of its classes of packets. */
export function sentenceOf(group: Group): string {
  return `${headlineOf(group)} (${counted(group.classes, 'class', 'classes')} of packets)`;
}

function headlineOf({ kind, subject, byDesign, nodePorts, places, placeCount }: Group): string {
  const [first = ''] = places;
  const what = placeCount === 1 ? first : `${first} and ${placeCount - 1} more`;
  if (nodePorts) {
    const { ports, addresses } = nodePorts;
    const service = subject.includes('/') ? `${subject}: ` : '';
    const [only = ''] = ports;
    const named = ports.length === 1 ? `node port ${only}` : `${ports.length} node ports`;
    const more =
      addresses.length === 1 ? '' : ` and ${counted(addresses.length - 1, 'more address', 'more addresses')}`;
    return `${service}${PHRASES[kind](named)} on ${addresses[0]}${more}`;
  }
  if (byDesign.length > 0) return `by design: ${byDesign.join(', ')}: ${what}`;
  const isAddress = !subject.includes('/');
  if (isAddress && placeCount > 1) return `${PHRASES[kind](`${placeCount} ports`)} on ${subject}`;
  return isAddress ? `${PHRASES[kind](what)}` : `${subject}: ${PHRASES[kind](what)}`;
}

/** The text format: each open group with its example packet and the rules that this packet matched. */
export function* textLines(found: Found): Generator<string> {
  yield summaryOf(found);
  for (const group of found.open) {
    yield '';
    yield headlineOf(group);
    yield `  ${counted(group.classes, 'class', 'classes')} of packets, the smallest ${packetText(group.example.packet)}`;
    yield* sideLines(group);
    if (group.kind !== 'undecided') yield `  accept as: ${group.id}`;
  }
  if (found.open.length > 0) yield '';
  yield* countLines(found);
}

/** What becomes of the example on both sides, each with its rules behind those that are the same. */
function* sideLines({ kind, example, byDesign }: Group): Generator<string> {
  // docs/verify.md explains by-design differences.
  const { alike, rest } = byDesign.length > 0 ? { alike: [], rest: [[], []] } : meetings(example);
  if (alike.length > 0) yield '  on both sides:';
  for (const line of alike) yield `    ${line}`;
  for (const [i, fates] of example.fates.entries()) {
    for (const [j, text] of fateTexts(fates).entries()) yield `  ${j > 0 ? '  ' : i === 0 ? 'A:' : 'B:'} ${text}`;
    for (const line of rest[i] ?? []) yield `    ${line}`;
  }
  const [a, b] = example.fates.map((fates) => fateTexts(fates).join('\n'));
  if (kind === 'undecided' && a === b)
    yield '  not compared further: other members of a set, or these matches in other places';
}

function summaryOf({ open, accepted, counts }: Found): string {
  const undecided = open.filter(({ kind }) => kind === 'undecided').length;
  const meant = accepted.length > 0 ? `; ${counted(accepted.length, 'difference', 'differences')} accepted` : '';
  if (open.length === 0 && counts.notCompared.length > 0)
    return `undecided: one side has no rules of ${counts.notCompared.join(' and ')} (add them, or compare one family with --family)${meant}`;
  if (open.length === 0 && counts.unread === 'not alike')
    return `undecided: ${unreadText(counts)}, on one side only, is not compared${meant}`;
  if (open.length === 0)
    return accepted.length > 0 ? `equal but for what is accepted${meant}` : 'equal: every packet is treated alike';
  if (undecided === open.length) return `undecided: ${counted(undecided, 'group', 'groups')} of packets${meant}`;
  const rest = undecided > 0 ? `, ${undecided} undecided` : '';
  return `different: ${counted(open.length - undecided, 'difference', 'differences')}${rest}${meant}`;
}

/** `nftables table inet firewalld and 2 more`; an entry that one side has twice is on both. */
function unreadText({ unreadOnOne: [first, ...others] }: Counts): string {
  return `${first ?? 'what vipc does not read'}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}

function* countLines({ counts, stale }: Found): Generator<string> {
  const { destinations, sameDestinations, places, samePlaces, classes, unknownAlike } = counts;
  yield `checked: ${counted(destinations, 'class', 'classes')} of destinations, ${sameDestinations} with the same rules on both sides`;
  if (places > 0)
    yield `         ${counted(places, 'port', 'ports')} of the others, ${samePlaces} with the same rules; ${counted(classes, 'class', 'classes')} of packets evaluated`;
  if (unknownAlike > 0) yield `         ${unknownAlike} depend on the same unknown matches on both sides`;
  if (counts.unread === 'alike') yield '         what vipc does not read is the same on both sides';
  for (const line of stale) yield `stale: nothing is left of ${line}`;
}

function counted(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `from 198.51.100.100 by eth0 to 10.96.0.1:80/tcp` */
function packetText(packet: PacketClass): string {
  const { source, sourcePort, inInterface, state, remembered } = packet;
  const from = sourcePort === undefined || sourcePort === 40000 ? source.text : `${source.text} port ${sourcePort}`;
  const by = inInterface === undefined ? 'this node' : inInterface;
  const more = [
    ...(state === undefined ? [] : [`state ${state}`]),
    ...(remembered ? [`client in list ${remembered.list} for ${remembered.seconds} s`] : []),
  ];
  return [`from ${from} by ${by} to ${placeOf(packet)}`, ...more].join(', ');
}

/** A longer list of fates is cut, with the number of the remaining ones. */
const MOST = 4;

function fateTexts(fates: readonly Fate[]): readonly string[] {
  const texts = fates.map(fateText);
  return texts.length > MOST ? [...texts.slice(0, MOST - 1), `and ${texts.length - MOST + 1} more`] : texts;
}

/** `1/3 to 10.244.1.5:8080, source kept` */
function fateText(fate: Fate): string {
  const { end, to, source, answer, isLocal, affinity, persistence, scheduler, share, outcome, marks } = fate;
  const part = share.n === share.d ? '' : `${(toNumber(share) * 100).toFixed(1)}% `;
  const where = isLocal ? 'delivered here' : 'goes on';
  const what = {
    served: `to ${to}`,
    untouched: `${where} untouched`,
    rejected: answer === undefined ? 'refused' : `refused with ${answer}`,
    dropped: 'dropped',
  }[end];
  const more = [
    ...(end === 'served' || source !== undefined ? [source === undefined ? 'source kept' : source] : []),
    ...(affinity === undefined ? [] : [`remembered in ${affinity}`]),
    ...(persistence === undefined ? [] : [`kept for ${persistence} s`]),
    ...(scheduler === undefined ? [] : [`by ${scheduler}`]),
    ...(marks === '0x0 0x0' || marks === '' ? [] : [`mark ${marks.split(' ')[0]}`]),
    ...(outcome.depends.length === 0 ? [] : [`if ${outcome.depends.map(conditionText).join(' and ')}`]),
  ];
  return [`${part}${what}`, ...more].join(', ');
}

/** What a way depends on: a match, or a rule whose target is not known. */
function conditionText(text: string): string {
  return text.startsWith('-A ') ? `it passes ${text}` : text;
}

/** The Markdown format, for a comment on a pull request. */
export function* markdownLines(found: Found): Generator<string> {
  yield `**${summaryOf(found)}**`;
  for (const group of found.open) {
    yield '';
    yield `- ${sentenceOf(group)}`;
    yield `  - ${code(packetText(group.example.packet))}`;
    for (const [i, fates] of group.example.fates.entries())
      yield `  - ${i === 0 ? 'A' : 'B'}: ${code(fateTexts(fates).join('; '))}`;
    if (group.kind !== 'undecided') yield `  - accept as ${code(group.id)}`;
  }
  yield '';
  for (const line of countLines(found)) yield line.trim();
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/**
 * by-design: differences between a mode with IPVS and one without that are meant. Each takes back its own part of what
 * IPVS does; the difference is by design when nothing else is left of it. docs/verify.md says what each is.
 */
import { ONE } from '../packet/fraction.js';
import type { PacketClass } from '../packet/packet.js';
import { has, isLoopback, isServed, isWithoutLocal, type Modes, WHOLE } from './by-design-whole.js';
import { certainFates, type Fate, fatesOf, isSame } from './fate.js';
import type { Side } from './side.js';

export interface Pair {
  readonly packet: PacketClass;
  readonly fates: readonly [readonly Fate[], readonly Fate[]];
  readonly sides: readonly [Side, Side];
}

/** Their names; none when the difference is not meant, or is not one between modes. */
export function byDesign({ packet, fates, sides }: Pair): readonly string[] {
  const [a, b] = sides.map(({ node }) => node.virtualServers.length > 0);
  if (a === b) return [];
  const [ruled, served] = a ? ([1, 0] as const) : ([0, 1] as const);
  const start: Modes = {
    packet,
    rules: fates[ruled],
    servers: fates[served],
    byRules: sides[ruled],
    byServers: sides[served],
  };
  for (const [name, holds] of WHOLE) if (holds(start)) return [name];
  const names: string[] = [];
  let modes = start;
  for (const [name, takeBack] of PARTS) {
    const servers = takeBack(modes);
    if (!servers || sameTexts(servers, modes.servers)) continue;
    names.push(name);
    modes = { ...modes, servers };
  }
  return isSame(modes.rules.map(withoutList), modes.servers) ? names : [];
}

/** The list of a client is compared as its timeout, by affinity(). */
function withoutList(fate: Fate): Fate {
  return { ...fate, affinity: undefined };
}

function sameTexts(a: readonly Fate[], b: readonly Fate[]): boolean {
  return a.length === b.length && a.every((fate, i) => fate === b[i]);
}

/** What IPVS would do without this difference; undefined where there is none. */
type Part = (modes: Modes) => readonly Fate[] | undefined;

/** Changes those fates of which `change` gives another. */
function changed(fates: readonly Fate[], change: (fate: Fate) => Fate | undefined): readonly Fate[] {
  return fates.map((fate) => change(fate) ?? fate);
}

const PARTS: readonly (readonly [string, Part])[] = [
  ['loopback-source', loopbackSource],
  ['hairpin-elsewhere', hairpinElsewhere],
  ['local-endpoints', localEndpoints],
  ['affinity-clock', affinityClock],
  ['mark-left', markLeft],
  ['scheduler', scheduler],
];

/** Rules that masquerade by a set do so before the mark is taken off. */
function markLeft({ rules, servers }: Modes): readonly Fate[] | undefined {
  return changed(servers, (fate) => {
    const other = rules.find(({ to }) => to === fate.to);
    const { mark } = fate.outcome.flow;
    const left = other === undefined ? 0 : mark ^ other.outcome.flow.mark;
    const [, bits] = fate.outcome.steps.map(({ text }) => MARKS.exec(text)).find((found) => found) ?? [];
    return other && left !== 0 && Number(bits) === left ? { ...fate, marks: other.marks } : undefined;
  });
}

const MARKS = /^-A KUBE-MARK-MASQ .*--set-xmark (0x[0-9a-f]+)\/\1$/;

function scheduler({ servers }: Modes): readonly Fate[] {
  return changed(servers, (fate) => (fate.scheduler === undefined ? undefined : { ...fate, scheduler: undefined }));
}

/** The same timeout: within it a client has one endpoint, of those that IPVS keeps clients at. */
function affinityClock({ packet, rules, servers }: Modes): readonly Fate[] | undefined {
  const [timeout] = servers.map(({ persistence }) => persistence);
  if (timeout === undefined || servers.some(({ persistence }) => persistence !== timeout)) return undefined;
  if (rules.some(({ affinity }) => affinity === undefined)) return undefined;
  const kept = servers.map((fate) => ({ ...fate, persistence: undefined }));
  const { remembered } = packet;
  if (!remembered || remembered.seconds > timeout) return kept;
  const own = kept.filter(({ to }) => rules.every((fate) => fate.to === to));
  // A list of another Service has none of these endpoints, and means nothing here.
  const isOwn = rules.every(({ affinity }) => affinity === remembered.list);
  return isOwn ? own.map((fate) => ({ ...fate, share: ONE })) : kept;
}

/** Rules return for loopback addresses before they mark for masquerading. */
function loopbackSource({ packet, rules, servers }: Modes): readonly Fate[] | undefined {
  if (packet.inInterface !== undefined || !isLoopback(packet.source)) return undefined;
  return changed(servers, (fate) => {
    const returned = fate.outcome.steps.some(({ text }) => / -s (?:127\.0\.0\.0\/8|::1\/128) .*-j RETURN$/.test(text));
    return returned ? withSourceOf(fate, rules) : undefined;
  });
}

/** KUBE-LOOP-BACK has the endpoints of this node: a pod elsewhere does not reach itself by way of this node. */
function hairpinElsewhere({ packet, rules, servers, byRules, byServers }: Modes): readonly Fate[] | undefined {
  const { text } = packet.source;
  if (!byRules.elsewhere.has(text) && !byServers.elsewhere.has(text)) return undefined;
  return changed(servers, (fate) => (addressOf(fate) === text ? withSourceOf(fate, rules) : undefined));
}

/** The fate, masqueraded where the rules masquerade what goes to the same endpoint. */
function withSourceOf(fate: Fate, rules: readonly Fate[]): Fate | undefined {
  const other = rules.find(({ to }) => to === fate.to);
  return other && other.source !== fate.source ? { ...fate, source: other.source } : undefined;
}

/**
 * Rules lead the node and its pods past the endpoints of this node (KUBE-EXT-… of a Local Service); IPVS gives them what it
 * gives everybody, which is what rules give to others.
 */
function localEndpoints({ packet, rules, servers, byRules }: Modes): readonly Fate[] | undefined {
  const isPast = rules.every((fate) => has(fate, / --comment "(?:pod|masquerade LOCAL|route LOCAL) traffic for /));
  const [first] = servers;
  if (!first || !isPast || !servers.every(isServed) || !rules.every(isServed)) return undefined;
  const { remembered: _, ...anybody } = packet;
  const outside = { ...anybody, source: NOBODY[packet.family], inInterface: 'eth0' };
  const others = certainFates(fatesOf(byRules.evaluate(outside), byRules));
  if (!others || endpointsOf(others.every(isWithoutLocal) ? rules : others) !== endpointsOf(servers)) return undefined;
  const bySource = new Map(rules.map(({ to, source }) => [to, source]));
  // Of what the node itself sends rules masquerade all; IPVS keeps the source, which is the node's.
  const isOwn = packet.inInterface === undefined;
  if (!isOwn && servers.some(({ to, source }) => bySource.has(to) && bySource.get(to) !== source)) return undefined;
  const { scheduler: picks, persistence } = first;
  return rules.map((fate) => ({ ...fate, affinity: undefined, scheduler: picks, persistence }));
}

/** Addresses that nobody has. */
const NOBODY = {
  ipv4: { family: 'ipv4', text: '198.51.100.100', bytes: [198, 51, 100, 100] },
  ipv6: { family: 'ipv6', text: '2001:db8::64', bytes: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64] },
} as const;

function endpointsOf(fates: readonly Fate[]): string {
  return [...new Set(fates.map(({ to }) => to))].sort().join();
}

function addressOf({ outcome }: Fate): string {
  return outcome.flow.destination.text;
}

/**
 * by-design: the intended differences between ipvs mode and the modes without IPVS. Each part undoes its own effect in the
 * fates of IPVS; a difference is by design when the fates are then the same. docs/verify.md describes each part.
 */
import { stepsOf } from '../packet/branch.js';
import { ONE } from '../packet/fraction.js';
import type { PacketClass } from '../packet/packet.js';
import { WITH_TABLES, type WithTables } from './by-design-nft.js';
import { byRelay, hasRelay } from './by-design-relay.js';
import { has, isLoopback, isServed, isWithoutLocal, type Modes, WHOLE } from './by-design-whole.js';
import { certainFates, type Fate, fatesOf, isSame } from './fate.js';
import type { Side } from './side.js';

export interface Pair {
  readonly packet: PacketClass;
  readonly fates: readonly [readonly Fate[], readonly Fate[]];
  readonly sides: readonly [Side, Side];
}

/** The names of the by-design differences; none if anything else differs, or if both or neither side has IPVS. */
export function byDesign({ packet, fates, sides }: Pair): readonly string[] {
  const [left, right] = sides.map(hasRelay);
  if (left !== right) {
    const [rules, relay] = left ? ([1, 0] as const) : ([0, 1] as const);
    const modes = { packet, byRules: sides[rules], byServers: sides[relay] };
    return byRelay({ packet, rules: fates[rules], relay: fates[relay] }, (pair) =>
      affinityClock({ ...modes, rules: pair.rules, servers: pair.relay }),
    );
  }
  const tables = withTables(packet, fates, sides);
  for (const [name, holds] of WITH_TABLES) if (tables && holds(tables)) return [name];
  const [a, b] = sides.map(({ node }) => node.virtualServers.length > 0);
  if (a === b) return tables && isSame(hairpins(tables), tables.tables) ? ['hairpin-elsewhere'] : [];
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

/** The pair, if one side alone has the tables of nftables mode. */
function withTables(packet: PacketClass, fates: Pair['fates'], sides: Pair['sides']): WithTables | undefined {
  const [a, b] = sides.map(({ node }) => (node.nftTables ?? []).some(({ name }) => name === 'kube-proxy'));
  if (a === b) return undefined;
  const [own, other] = a ? ([0, 1] as const) : ([1, 0] as const);
  return { packet, others: fates[other], tables: fates[own], byOthers: sides[other] };
}

/** The set hairpin-connections has endpoints of this node only, as KUBE-LOOP-BACK. */
function hairpins({ packet, others, tables, byOthers }: WithTables): readonly Fate[] {
  const { text } = packet.source;
  if (!byOthers.elsewhere.has(text)) return others;
  return changed(others, (fate) => (addressOf(fate) === text ? withSourceOf(fate, tables) : undefined));
}

/** Recent lists exist without IPVS only: affinityClock() compares their timeout with the persistence of IPVS. */
function withoutList(fate: Fate): Fate {
  return { ...fate, affinity: undefined };
}

function sameTexts(a: readonly Fate[], b: readonly Fate[]): boolean {
  return a.length === b.length && a.every((fate, i) => fate === b[i]);
}

/** The fates of IPVS without this difference; undefined if the difference does not apply. */
type Part = (modes: Modes) => readonly Fate[] | undefined;

/** Replaces the fates for which `change` returns another fate. */
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

/** KUBE-POSTROUTING masquerades the set KUBE-LOOP-BACK before the rule that clears the masquerade mark. */
function markLeft({ rules, servers }: Modes): readonly Fate[] | undefined {
  return changed(servers, (fate) => {
    const other = rules.find(({ to }) => to === fate.to);
    const { mark } = fate.outcome.flow;
    const before = other?.outcome.flow.mark;
    const left = mark === undefined || before === undefined ? 0 : mark ^ before;
    const [, bits] =
      stepsOf(fate.outcome)
        .map(({ text }) => MARKS.exec(text))
        .find((found) => found) ?? [];
    return other && left !== 0 && Number(bits) === left ? { ...fate, marks: other.marks } : undefined;
  });
}

const MARKS = /^-A KUBE-MARK-MASQ .*--set-xmark (0x[0-9a-f]+)\/\1$/;

function scheduler({ servers }: Modes): readonly Fate[] {
  return changed(servers, (fate) => (fate.scheduler === undefined ? undefined : { ...fate, scheduler: undefined }));
}

/** Undoes persistence; until its timeout, a client in the recent list keeps one endpoint, which IPVS must also have. */
function affinityClock({ packet, rules, servers }: Modes): readonly Fate[] | undefined {
  const [timeout] = servers.map(({ persistence }) => persistence);
  if (timeout === undefined || servers.some(({ persistence }) => persistence !== timeout)) return undefined;
  if (rules.some(({ affinity }) => affinity === undefined)) return undefined;
  const kept = servers.map((fate) => ({ ...fate, persistence: undefined }));
  const { remembered } = packet;
  if (!remembered || remembered.seconds > timeout) return kept;
  const own = kept.filter(({ to }) => rules.every((fate) => fate.to === to));
  // The recent list of another ServicePort does not affect this packet.
  const isOwn = rules.every(({ affinity }) => affinity === remembered.list);
  return isOwn ? own.map((fate) => ({ ...fate, share: ONE })) : kept;
}

/** In ipvs mode a RETURN rule for loopback sources precedes the masquerade mark. */
function loopbackSource({ packet, rules, servers }: Modes): readonly Fate[] | undefined {
  if (packet.inInterface !== undefined || !isLoopback(packet.source)) return undefined;
  return changed(servers, (fate) => {
    const returned = stepsOf(fate.outcome).some(({ text }) =>
      / -s (?:127\.0\.0\.0\/8|::1\/128) .*-j RETURN$/.test(text),
    );
    return returned ? withSourceOf(fate, rules) : undefined;
  });
}

/** The set KUBE-LOOP-BACK has endpoints of this node only: a pod elsewhere cannot reach itself through this node. */
function hairpinElsewhere({ packet, rules, servers, byRules, byServers }: Modes): readonly Fate[] | undefined {
  const { text } = packet.source;
  if (!byRules.elsewhere.has(text) && !byServers.elsewhere.has(text)) return undefined;
  return changed(servers, (fate) => (addressOf(fate) === text ? withSourceOf(fate, rules) : undefined));
}

/** The fate with the source address that the rules give packets to the same endpoint, if that differs. */
function withSourceOf(fate: Fate, rules: readonly Fate[]): Fate | undefined {
  const other = rules.find(({ to }) => to === fate.to);
  return other && other.source !== fate.source ? { ...fate, source: other.source } : undefined;
}

/**
 * externalTrafficPolicy Local: KUBE-EXT-… sends traffic of the node and its pods to all endpoints. IPVS has one list of
 * endpoints for all clients, which must be the list that the rules have for clients outside.
 */
function localEndpoints({ packet, rules, servers, byRules }: Modes): readonly Fate[] | undefined {
  const isPast = rules.every((fate) =>
    has(
      fate,
      / --comment "(?:pod|masquerade LOCAL|route LOCAL) traffic for | comment "(?:short-circuit|masquerade) (?:pod|local) traffic"/,
    ),
  );
  const [first] = servers;
  if (!first || !isPast || !servers.every(isServed) || !rules.every(isServed)) return undefined;
  const { remembered: _, ...anybody } = packet;
  const outside = { ...anybody, source: NOBODY[packet.family], inInterface: 'eth0' };
  const others = certainFates(fatesOf(byRules.evaluate(outside), byRules));
  if (!others || endpointsOf(others.every(isWithoutLocal) ? rules : others) !== endpointsOf(servers)) return undefined;
  const bySource = new Map(rules.map(({ to, source }) => [to, source]));
  // Rules masquerade all that the node itself sends; IPVS keeps its source, which is an address of the node anyway.
  const isOwn = packet.inInterface === undefined;
  if (!isOwn && servers.some(({ to, source }) => bySource.has(to) && bySource.get(to) !== source)) return undefined;
  const { scheduler: picks, persistence } = first;
  return rules.map((fate) => ({ ...fate, affinity: undefined, scheduler: picks, persistence }));
}

/** Documentation addresses (RFC 5737, RFC 3849) for a client outside. */
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

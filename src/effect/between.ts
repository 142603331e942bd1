/**
 * between: what two compiled states, or a node and a compiled state, differ in by effect. Only ServicePorts whose rules
 * differ are evaluated.
 */

import type { Cidr } from '../ip.js';
import { ownerName } from '../owner.js';
import { rulesOf } from '../packet/desired.js';
import { newEvaluator } from '../packet/evaluate.js';
import type { NodeRules } from '../packet/node.js';
import { stayOf } from '../packet/stay.js';
import type { Compiled } from '../pipeline.js';
import { formatServicePortName, type ServicePort } from '../resolve/types.js';
import type { ServiceChange } from '../review/compare.js';
import { printEntry } from '../tools/ipset/print.js';
import type { IpSet } from '../tools/ipset/types.js';
import { type Effect, effectsOf, inOrder, type Side } from './effect.js';
import { checksOfNode, compiledChecks, type HealthCheckPort, healthChecks } from './health-checks.js';
import { probesOf } from './probes.js';
import { rangesIn } from './ranges.js';

export interface Effects {
  /** The most hurtful first. */
  readonly effects: readonly Effect[];
  /** ServicePorts whose rules differ, and no new connection of the probed ones does. */
  readonly without: readonly string[];
}

/** What changes from `before` to `after`, whose rules differ by `changes`. */
export function effectsBetween(before: Compiled, after: Compiled, changes: readonly ServiceChange[]): Effects {
  const sides = [compiledSide(before), compiledSide(after)] as const;
  const { ipset: was = [] } = before.desired;
  const { ipset: is = [] } = after.desired;
  const inSets = [...membersOnlyIn(was, is), ...membersOnlyIn(is, was)].map((service) => ({ service, sections: [] }));
  return collect(before, after, sides, [...changes, ...inSets], [checksOf(before), checksOf(after)]);
}

/** The ServicePorts of members that only `sets` have, which a text of sets does not name. */
function* membersOnlyIn(sets: readonly IpSet[], others: readonly IpSet[]): Generator<string> {
  const there = new Set(others.flatMap(({ name, entries }) => entries.map((entry) => `${name} ${printEntry(entry)}`)));
  for (const { name, entries } of sets) {
    for (const entry of entries) {
      if (!there.has(`${name} ${printEntry(entry)}`)) yield* (entry.owners ?? []).map(ownerName);
    }
  }
}

/**
 * What changes on a node that has the rules `observed` when it is given `compiled`; or the other way round, from what was
 * compiled to what the node has. Rules give no node its addresses: both sides have those of the Node, also where this host
 * lacks them.
 */
export function effectsOnNode(
  observed: NodeRules,
  compiled: Compiled,
  changes: readonly ServiceChange[],
  direction: 'from node' | 'to node',
): Effects {
  const addresses = new Set([...observed.addresses, ...ownOf(compiled)]);
  const [node, state] = [sideOf({ ...observed, addresses }), compiledSide(compiled)];
  const [has, wants] = [checksOfNode(changes), checksOf(compiled)];
  return direction === 'from node'
    ? collect(undefined, compiled, [node, state], changes, [has, wants])
    : collect(undefined, compiled, [state, node], changes, [wants, has]);
}

function compiledSide(compiled: Compiled): Side {
  return sideOf(rulesOf(compiled.desired, ownOf(compiled)));
}

/** The addresses of the Node. */
function ownOf({ resolved }: Compiled): readonly string[] {
  return resolved.flatMap(({ node }) => [...node.addresses, node.ip.text]);
}

function checksOf({ resolved }: Compiled): HealthCheckPort {
  return compiledChecks(resolved.flatMap(({ ports }) => ports));
}

function sideOf(rules: NodeRules): Side {
  return { evaluator: newEvaluator(rules), stay: stayOf(rules) };
}

function collect(
  before: Compiled | undefined,
  after: Compiled,
  [was, is]: readonly [Side, Side],
  changes: readonly ServiceChange[],
  checks: readonly [HealthCheckPort, HealthCheckPort],
): Effects {
  const changed = new Set(changes.flatMap(({ service }) => service ?? []));
  // An element of a set is told under its Service, all other lines under their ServicePort; ports of a Service may share
  // elements in nftables mode, where only their key tells that.
  const services = new Set([...changed].map(serviceOf));
  const shared = linesOfNone(changes);
  const keys = new Set(shared.filter(isElement).flatMap(keyOf));
  // A rule that all ServicePorts share.
  const isOfAll = shared.some((line) => !isElement(line));
  const isNamed = (service: string) => changed.has(service) || changed.has(serviceOf(service));
  const hasKey = ({ frontends }: ServicePort) => frontends.some(({ ip, port }) => keys.has(ip ?? String(port)));
  const withKey = new Set<string>();
  const isAsked = (port: ServicePort) => {
    const name = formatServicePortName(port.name);
    const found = hasKey(port);
    if (found) withKey.add(name);
    return found || isOfAll || services.has(serviceOf(name));
  };
  // What a node has is known from its rules alone.
  const rangesOf = rangesByService(before ? [] : changes);
  const families = [...new Set([...(before?.resolved ?? []), ...after.resolved].map(({ node }) => node.family))];
  const effects: Effect[] = [];
  const probed = new Set<string>();
  for (const family of families) {
    const ofFamily = (side: Compiled | undefined) => side?.resolved.find(({ node }) => node.family === family);
    const ranges = ({ name }: ServicePort) => rangesOf(serviceOf(formatServicePortName(name)));
    const asked = (ofFamily(after)?.ports ?? []).filter(isAsked);
    effects.push(...healthChecks(asked, ...checks));
    for (const probes of probesOf(ofFamily(before), ofFamily(after), isAsked, ranges).values()) {
      effects.push(...effectsOf(probes, was, is));
      for (const { service } of probes) probed.add(service);
    }
  }
  const gone = [...changed].filter(
    (service) => ![...probed].some((name) => name === service || name.startsWith(`${service}:`)),
  );
  effects.push(
    ...gone.map(
      (service): Effect => ({ service, family: 'ipv4', severity: 'refused', text: 'no longer served at any address' }),
    ),
  );
  const told = new Set(effects.map(({ service }) => service));
  const differ = [...probed].filter((service) => isNamed(service) || withKey.has(service));
  return { effects: inOrder(distinct(effects)), without: differ.filter((service) => !told.has(service)).sort() };
}

/** The networks in the lines of a Service that differ. */
function rangesByService(changes: readonly ServiceChange[]): (service: string) => readonly Cidr[] {
  const found = new Map<string, Cidr[]>();
  for (const { service, sections } of changes) {
    if (service === undefined) continue;
    const list = found.get(serviceOf(service)) ?? [];
    list.push(...sections.flatMap(linesOf).flatMap(rangesIn));
    found.set(serviceOf(service), list);
  }
  return (service) => found.get(service) ?? [];
}

/** `default/web` of `default/web:http` */
function serviceOf(servicePort: string): string {
  return servicePort.replace(/:[^:/]*$/, '');
}

/** The lines that differ and belong to no Service, without those that only say that a chain is there. */
function linesOfNone(changes: readonly ServiceChange[]): readonly string[] {
  const lines = changes.flatMap(({ service, sections }) => (service === undefined ? sections : [])).flatMap(linesOf);
  return lines.filter((line) => line !== '' && !/^(?::|chain )/.test(line));
}

/** Whether a line is an element of nftables: `10.96.0.1 . tcp . 80 : goto pick/3`. */
function isElement(line: string): boolean {
  return keyOf(line).every((part) => !part.includes(' '));
}

/** The parts of the key of an element: addresses, ports and protocols. */
function keyOf(line: string): readonly string[] {
  return (line.split(' : ')[0] ?? '').split(' . ');
}

function linesOf({ lines }: ServiceChange['sections'][number]): readonly string[] {
  return lines.filter(({ kind }) => kind !== ' ').map(({ text }) => text.trim());
}

/** Both families may say the same. */
function distinct(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Set<string>();
  return effects.filter(({ service, severity, text }) => {
    const key = `${service} ${severity} ${text}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

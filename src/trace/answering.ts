/**
 * answering: the snapshot, the options and the rules that were read, if any → the world and the rules of a trace.
 */
import { type Checked, type Diagnostic, hasErrors } from '../diag.js';
import type { ReadNode } from '../dumps/node.js';
import { FAMILIES, type Ip, parseIp } from '../ip.js';
import type { Options } from '../options.js';
import { rulesOf } from '../packet/desired.js';
import type { NodeRules } from '../packet/node.js';
import { compileSnapshot, type How, resolveFamilies } from '../pipeline.js';
import type { Snapshot } from '../read/types.js';
import { nodeContext } from '../resolve/node.js';
import type { NodeContext, ServicePort } from '../resolve/types.js';
import { isProblem, type Problem, type Question } from './question.js';
import { findNode, findPod, type World } from './world.js';

/** The input of a trace. */
export interface Given {
  readonly snapshot: Snapshot | undefined;
  readonly options: Options;
  readonly how: How;
  /** The node of --rules or --live; undefined: the rules are those that the snapshot compiles to. */
  readonly ruled: ReadNode | undefined;
  /** Whether this beginning of an address occurs in the objects that were read. */
  readonly mentions: World['mentions'];
}

export interface Answering {
  readonly world: World;
  readonly rules: NodeRules;
}

/** The rules to evaluate, and the world in which names are looked up. */
export function answering(given: Given): Checked<Answering | undefined> {
  const { snapshot, ruled } = given;
  const { value: served, diagnostics } = servedBy(given);
  if (!served || hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const { contexts, ports } = served;
  const addresses = addressesOf(contexts, ruled);
  const own = addresses.map(({ text }) => text);
  const rules = served.rules
    ? { ...served.rules, addresses: new Set([...served.rules.addresses, ...own]) }
    : rulesOf({}, own);
  const name = contexts[0]?.name ?? '';
  const world: World = {
    snapshot,
    ports,
    node: { name, addresses, sources: ruled?.sources ?? new Map(), contexts },
    mentions: (beginning) => given.mentions(beginning) || (ruled !== undefined && hasIn(ruled.rules, beginning)),
  };
  const isKnown = ruled === undefined || ruled.isAddressed || addresses.length > 0;
  return { value: { world, rules }, diagnostics: [...diagnostics, ...(isKnown ? [] : [UNKNOWN_ADDRESSES])] };
}

const UNKNOWN_ADDRESSES: Diagnostic = {
  code: 'unknown-addresses',
  severity: 'warning',
  message: 'which addresses the node has is not known: none counts as its own, and so no node port is served',
  hint: 'give its own with --node-address, or what ip -json address prints with --rules',
};

interface Served {
  readonly contexts: readonly NodeContext[];
  readonly ports: readonly ServicePort[];
  readonly rules: NodeRules | undefined;
}

function servedBy({ snapshot, options, how, ruled }: Given): Checked<Served | undefined> {
  if (!snapshot) {
    const node = { name: options.nodeName };
    const contexts = FAMILIES.map((family) => nodeContext(node, family, options).value);
    return { value: { contexts, ports: [], rules: ruled?.rules }, diagnostics: [] };
  }
  if (ruled) {
    const { value, diagnostics } = resolveFamilies(snapshot, options, how.completion);
    const contexts = value.map(({ node }) => node);
    return { value: { contexts, ports: value.flatMap(({ ports }) => ports), rules: ruled.rules }, diagnostics };
  }
  const { value: compiled, diagnostics } = compileSnapshot(snapshot, options, how);
  if (!compiled) return { value: undefined, diagnostics };
  const contexts = compiled.resolved.map(({ node }) => node);
  const ports = compiled.resolved.flatMap((each) => each.ports);
  return { value: { contexts, ports, rules: rulesOf(compiled.desired, []) }, diagnostics };
}

/** The Node's primary addresses, then those of the interfaces that were read, then the Node's others. */
function addressesOf(contexts: readonly NodeContext[], ruled: ReadNode | undefined): readonly Ip[] {
  const primary = contexts.map(({ ip }) => ip.text).filter((text) => !/^127\.|^::1$/.test(text));
  const all = [...primary, ...(ruled?.addresses ?? []), ...contexts.flatMap(({ addresses }) => addresses)];
  return [...new Set(all)].flatMap((text) => parseIp(text) ?? []);
}

function hasIn({ ruleSets, sets, virtualServers }: NodeRules, beginning: string): boolean {
  const lines = ruleSets.flatMap(({ tables }) => tables.flatMap(({ chains }) => chains.map(linesOf)));
  return (
    lines.some((each) => each.some((line) => line.includes(beginning))) ||
    sets.some(({ entries }) => entries.some(({ ip = '', source = '' }) => `${ip} ${source}`.includes(beginning))) ||
    virtualServers.some(({ address }) => address.includes(beginning))
  );
}

/** The rules of a chain that was read, as text; none for a compiled chain. */
function linesOf(chain: object): readonly string[] {
  return 'lines' in chain ? (chain.lines as readonly string[]) : [];
}

/** The node that a question implies: the one whose node port is the target, else the node of the sender. */
export function nodeOfQuestion(
  { from, to }: Pick<Question, 'from' | 'to'>,
  snapshot: Snapshot,
): string | undefined | Problem {
  for (const each of [to, from]) {
    if (each.kind !== 'node' || each.name === undefined) continue;
    const node = findNode({ snapshot }, each.name);
    return isProblem(node) ? node : each.name;
  }
  if (from.kind === 'address') return whereIs(snapshot, from.ip);
  if (from.kind !== 'pod') return undefined;
  const pod = findPod({ snapshot }, from);
  return isProblem(pod) ? pod : pod.node || undefined;
}

/** The name of the Node that has the address, or of the node of the pod that has it. */
function whereIs({ nodes, pods }: Snapshot, { text }: Ip): string | undefined {
  const node = nodes.find(({ addresses }) => addresses.some(({ address }) => parseIp(address)?.text === text));
  const pod = pods.find(({ status }) => status.podIPs.includes(text));
  return node?.metadata.name ?? pod?.spec.nodeName;
}

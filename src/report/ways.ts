/**
 * ways: the rules of a node and a packet → a drawing of the ways that its connections may take: a graph from the
 * client through chains, sets and maps to endpoints, with the share of each way. The evaluator found the ways; here
 * they are laid over each other, and what does not decide where a connection goes is left out.
 */
import { joinHostPort } from '../ip.js';
import { type Step, stepsOf } from '../packet/branch.js';
import type { Evaluator, Outcome } from '../packet/evaluate.js';
import { type Fraction, plus, toNumber, ZERO } from '../packet/fraction.js';
import type { PacketClass } from '../packet/packet.js';

export interface WayNode {
  readonly id: string;
  /** `more` stands for endpoints that are not drawn. */
  readonly kind: 'client' | 'chain' | 'set' | 'server' | 'endpoint' | 'stopped' | 'untouched' | 'more';
  readonly label: string;
  /** Below the label: the table of a chain, what is done to the packet on the way. */
  readonly notes: readonly string[];
  /** The share of connections that come here. */
  readonly share: Fraction;
  /** The endpoint sees the node as the client. */
  readonly isMasqueraded: boolean;
}

export interface WayEdge {
  readonly from: string;
  readonly to: string;
  readonly share: Fraction;
}

export interface Ways {
  readonly nodes: readonly WayNode[];
  readonly edges: readonly WayEdge[];
  /** Conditions that are not known here, on which the ways depend. */
  readonly depends: readonly string[];
}

/** More endpoints make a drawing that nobody can read. */
const MOST_ENDS = 10;

/** The drawing of the ways of a packet. `client` and `nameOf`, which is asked for an address, are labels. */
export function waysOf(
  packet: PacketClass,
  evaluator: Pick<Evaluator, 'ways'>,
  client: string,
  nameOf: (address: string) => string | undefined = () => undefined,
): Ways {
  const outcomes = evaluator.ways(packet);
  const drawing: Drawing = { nodes: new Map(), edges: new Map() };
  const start: Place = { id: 'client', kind: 'client', label: client, notes: [packet.source.text] };
  const ends = new Set<string>();
  let omitted = 0;
  for (const outcome of outcomes) {
    const places = placesOf(outcome);
    const end = endOf(outcome, nameOf);
    if (ends.size < MOST_ENDS || ends.has(end.id)) {
      ends.add(end.id);
      lay(drawing, [start, ...places, end], outcome.share);
      continue;
    }
    omitted++;
    const more: Place = { id: 'more', kind: 'more', label: 'more', notes: [] };
    const known = places.filter(({ id }) => drawing.nodes.has(id));
    lay(drawing, [start, ...known, more], outcome.share);
  }
  const nodes = [...drawing.nodes.values()].map((node) =>
    node.kind === 'more' ? { ...node, label: `and ${omitted} more` } : node,
  );
  return {
    nodes,
    edges: [...drawing.edges.values()],
    depends: [...new Set(outcomes.flatMap(({ depends }) => depends))],
  };
}

/** A node on one way. */
type Place = Pick<WayNode, 'id' | 'kind' | 'label' | 'notes'> & { readonly isMasqueraded?: boolean };

interface Drawing {
  readonly nodes: Map<string, WayNode>;
  readonly edges: Map<string, WayEdge>;
}

function lay({ nodes, edges }: Drawing, way: readonly Place[], share: Fraction): void {
  for (const [i, { id, kind, label, notes, isMasqueraded = false }] of way.entries()) {
    const known = nodes.get(id);
    const all = [...new Set([...(known?.notes ?? []), ...notes])];
    nodes.set(id, { id, kind, label, notes: all, share: plus(known?.share ?? ZERO, share), isMasqueraded });
    const before = way[i - 1]?.id;
    if (before === undefined || before === id) continue;
    const key = `${before} > ${id}`;
    edges.set(key, { from: before, to: id, share: plus(edges.get(key)?.share ?? ZERO, share) });
  }
}

/** The chains, sets and servers that decide where the connection goes, in order. */
function placesOf(outcome: Outcome): readonly Place[] {
  const steps = deciding(outcome);
  const places: Place[] = [];
  for (const step of steps) {
    const chain = chainOf(step);
    const at = places.findIndex(({ id }) => id === chain.id);
    if (at < 0) places.push(chain);
    else {
      // The chains since then have returned here; what they did is told where they were called.
      const visited = places.splice(at + 1).filter(({ kind }) => kind === 'chain');
      const notes = visited.flatMap((place) => (/MARK-MASQ/.test(place.label) ? ['marks it for masquerading'] : []));
      places[at] = { ...chain, notes: [...(places[at]?.notes ?? []), ...notes] };
    }
    const by = setOf(step);
    if (by) places.push(by);
  }
  return places.filter(({ label }, i) => i === places.length - 1 || !/MARK-MASQ/.test(label));
}

/** The steps up to the one that chose the endpoint; of a packet that is stopped, those of the table that stops it. */
function deciding({ end, flow, trail }: Outcome): readonly Step[] {
  const steps = stepsOf({ trail });
  const last = steps.at(-1);
  if (!last) return [];
  if (end === 'drop' || end === 'reject')
    return steps.filter(({ table, hook }) => table === last.table && hook === last.hook);
  if (!flow.original) return steps.filter(({ table }) => isTranslating(table));
  return steps.filter((step) => isTranslating(step.table) && !step.flow.original);
}

/** Whether the table may choose an endpoint. */
function isTranslating(table: string): boolean {
  return table === 'nat' || table === 'ipvs' || / kube-proxy$/.test(table);
}

function chainOf({ hook, table, chain, text }: Step): Place {
  if (table === 'ipvs') {
    const [, address = 'a virtual server'] = / -[tuf] (\S+)|--sctp-service (\S+)/.exec(` ${text}`) ?? [];
    return { id: `ipvs ${address}`, kind: 'server', label: address, notes: ['IPVS virtual server'] };
  }
  const isBuiltIn = /^[A-Z]+$/.test(chain);
  const where = isBuiltIn ? `hook ${hook.toLowerCase()}, table ${table}` : `chain of table ${table}`;
  return { id: `${hook} ${table} ${chain}`, kind: 'chain', label: chain, notes: [where] };
}

/** The set or map that the rule asked, with the element that decided. */
function setOf({ table, text }: Step): Place | undefined {
  const [, ipset] = /--match-set (\S+)/.exec(text) ?? [];
  if (ipset !== undefined) return { id: `set ${ipset}`, kind: 'set', label: ipset, notes: ['ipset'] };
  const [, map] = / (?:vmap|map|==|!=)? ?@([\w-]+)/.exec(text.split(' #')[0] ?? '') ?? [];
  if (map === undefined || table === 'nat') return undefined;
  const [, element = ''] = / # (?:[\w-]+ \{ )?(.*?)(?: \})?$/.exec(text) ?? [];
  return { id: `map ${map}`, kind: 'set', label: `@${map}`, notes: element === '' ? [] : [element] };
}

function endOf({ end, flow }: Outcome, nameOf: (address: string) => string | undefined): Place {
  if (end === 'drop' || end === 'reject') {
    const label = end === 'drop' ? 'dropped' : 'refused';
    return { id: end, kind: 'stopped', label, notes: [] };
  }
  const { destination, destinationPort: port, sourceNat } = flow;
  const address = port === undefined ? destination.text : joinHostPort(destination.text, port);
  if (!flow.original) return { id: 'untouched', kind: 'untouched', label: address, notes: ['not translated'] };
  const isMasqueraded = sourceNat !== undefined;
  const name = nameOf(destination.text);
  const notes = [...(name === undefined ? [] : [name]), isMasqueraded ? 'sees the node as client' : 'sees the client'];
  return { id: `to ${address} ${isMasqueraded}`, kind: 'endpoint', label: address, notes, isMasqueraded };
}

/** `all`, `1/3`, `33.3 %` */
export function partText(share: Fraction): string {
  const value = toNumber(share);
  const whole = value === 0 ? 0 : Math.round(1 / value);
  if (whole === 1 && value > 0.999999) return 'all';
  // The kernel rounds probabilities to units of 2^-31.
  if (whole > 1 && Math.abs(value - 1 / whole) < 2 ** -24) return `1/${whole}`;
  return `${(value * 100).toFixed(1)} %`;
}

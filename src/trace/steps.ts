/**
 * steps: the steps of each branch of the evaluation → what each rule did, its Service, and how many rules were skipped.
 */
import { joinHostPort } from '../ip.js';
import { type Owner, ownerName } from '../owner.js';
import type { Did, Step } from '../packet/branch.js';
import type { Missed } from '../packet/chains.js';
import type { Evaluator } from '../packet/evaluate.js';
import { fraction } from '../packet/fraction.js';
import { remarked } from '../packet/marks.js';
import type { Flow } from '../packet/packet.js';
import { parseRule } from '../tools/iptables/parse.js';
import type { Rule, Target } from '../tools/iptables/types.js';
import { shareText } from './share.js';

export interface TracedStep {
  readonly hook: Step['hook'];
  readonly table: Step['table'];
  /** The variant of iptables, if it is not the node's. */
  readonly variant: Step['variant'];
  readonly chain: string;
  /** Its number in the chain, from 1; 0 for a policy, and for IPVS. */
  readonly rule: number;
  /** As iptables -S prints it; for IPVS as ipvsadm --save does. */
  readonly text: string;
  /** `default/web:http` */
  readonly service: string | undefined;
  readonly does: string;
  /** The number of rules between the chain's previous step and this one; none of them matched. */
  readonly skipped: number;
  /** The skipped rules in which a condition fails, each with that condition. */
  readonly missed: () => readonly Missed[];
  /** For a jump to a chain in which no rule matched: its rules, as in `missed`. */
  readonly nothingIn: readonly Missed[] | undefined;
  /** Indexes of the outcomes that the step leads to. */
  readonly outcomes: readonly number[];
}

/** The ServicePort that a packet goes to. */
export type OwnerOf = (flow: Flow) => Owner | undefined;

/** The steps of several branches, each step once. */
export function tracedSteps(
  ways: readonly (readonly Step[])[],
  evaluator: Evaluator,
  ownerOf: OwnerOf,
): readonly TracedStep[] {
  const found = new Map<Step, TracedStep & { readonly outcomes: number[] }>();
  for (const [i, way] of ways.entries()) {
    const walk: Walk = { frames: [] };
    for (const [at, step] of way.entries()) {
      const frame = enter(walk, step, way[at - 1]);
      const known = found.get(step);
      if (known) known.outcomes.push(i);
      else found.set(step, { ...view(step, way[at + 1], frame, evaluator, ownerOf), outcomes: [i] });
      frame.last = step.rule;
    }
  }
  return [...found.values()];
}

/** The stack of chains that a branch is in, with the last rule that matched in each. */
interface Walk {
  frames: Frame[];
}

interface Frame {
  readonly place: string;
  /** The owner of the rule that jumped to the chain. */
  readonly owner: Owner | undefined;
  last: number;
}

function isOneTable(a: Step, b: Step): boolean {
  return a.table === b.table && a.variant === b.variant && a.hook === b.hook;
}

function placeOf({ hook, table, variant, chain }: Step): string {
  return `${hook} ${table} ${variant} ${chain}`;
}

/** The frame of the chain that a step is in. */
function enter(walk: Walk, step: Step, before: Step | undefined): Frame {
  const place = placeOf(step);
  const isCalled = before && jumpOf(before) === step.chain && isOneTable(before, step);
  if (!isCalled) {
    const at = walk.frames.findLastIndex(
      (frame) => frame.place === place && (step.rule === 0 || frame.last < step.rule),
    );
    const known = walk.frames[at];
    if (known) {
      walk.frames = walk.frames.slice(0, at + 1);
      return known;
    }
    walk.frames = [];
  }
  const frame: Frame = { place, owner: isCalled ? (before.owner ?? walk.frames.at(-1)?.owner) : undefined, last: 0 };
  walk.frames.push(frame);
  return frame;
}

/** The chains for one ServicePort, in both layouts. */
const OF_A_SERVICE = /^(?:KUBE-(?:SVC|SVL|SEP|EXT|FW|XLB)|VIPC-(?:SVC|SVL|EXT|KEY))-/;

function view(
  step: Step,
  next: Step | undefined,
  { last, owner }: Frame,
  evaluator: Evaluator,
  ownerOf: OwnerOf,
): Omit<TracedStep, 'outcomes'> {
  const { hook, table, variant, chain, rule, text, passed, flow } = step;
  // In large clusters kube-proxy writes no comments (largeClusterMode): the owner is that of the rule that jumps here.
  const jump = jumpOf(step);
  const called = OF_A_SERVICE.test(chain) ? owner : undefined;
  const own = step.owner ?? called ?? (isOfOne(step, jump) ? ownerOf(flow) : undefined);
  const isEmpty = jump !== undefined && !(next?.chain === jump && isOneTable(next, step));
  return {
    hook,
    table,
    variant,
    chain,
    rule,
    text,
    service: own && ownerName(own),
    does: doesOf(step),
    skipped: table === 'ipvs' || table === 'relay' ? 0 : rule === 0 ? passed - last : rule - 1 - last,
    missed: () => evaluator.missed(step, chain).filter((each) => each.rule > last && (rule === 0 || each.rule < rule)),
    nothingIn: isEmpty ? evaluator.missed(step, jump) : undefined,
  };
}

/**
 * Whether the packet's own Service makes it meet the step: a virtual server, a set of kube-proxy that has its address, a
 * chain for one ServicePort. Dumps of them do not say which Service that is.
 */
function isOfOne({ table, chain, text }: Step, jump: string | undefined): boolean {
  return table === 'ipvs' || OF_A_SERVICE.test(chain) || OF_A_SERVICE.test(jump ?? '') || OF_SERVICES.test(text);
}

const OF_SERVICES = / --match-set KUBE-/;

/** The rule of iptables of a step; undefined for a policy, a virtual server and a rule of nftables. */
function ruleOf({ table, rule, chain, text, flow, did }: Step): Rule | undefined {
  if (table === 'ipvs' || rule === 0 || did) return undefined;
  return parseRule(text.slice(`-A ${chain}`.length), flow.family);
}

function jumpOf(step: Step): string | undefined {
  if (step.did) return 'chain' in step.did ? step.did.chain : undefined;
  const target = ruleOf(step)?.target;
  return target?.kind === 'jump' || target?.kind === 'goto' ? target.chain : undefined;
}

function doesOf(step: Step): string {
  if (step.table === 'relay')
    return / endpoint /.test(step.text) ? 'the relay connects to this endpoint' : 'the relay refuses it';
  // The line of a virtual server that vipc does not read.
  if (step.table === 'ipvs' && step.text.startsWith('-A ')) return 'what IPVS does with it is not known';
  if (step.table === 'ipvs')
    return / -r .* -w (?!0$)/.test(step.text)
      ? 'IPVS gives it to this real server'
      : 'IPVS refuses it, no real server takes connections';
  if (step.rule === 0) return 'no rule decides, so the policy drops it';
  if (step.did) return doesDid(step.did);
  const rule = ruleOf(step);
  const does = rule?.target ? doesTarget(rule.target, step) : 'on with the next rule';
  const random = rule?.matches.find((match) => match.kind === 'statistic');
  if (random?.kind !== 'statistic') return does;
  return `${does}, for ${shareText(fraction(BigInt(random.probability), 1n << 31n))} of what gets here`;
}

function doesTarget(target: Target, { table, flow }: Step): string {
  switch (target.kind) {
    case 'accept':
      return table === 'filter' ? 'accepts it' : `ends table ${table}`;
    case 'drop':
      return 'drops it';
    case 'reject':
      return 'refuses it';
    case 'return':
      return 'leaves the chain';
    case 'jump':
      return `on to ${target.chain}`;
    case 'goto':
      return `on to ${target.chain}, without a way back`;
    case 'mark': {
      const mark = remarked(flow.mark, ~target.mask, target.value);
      if (mark === undefined) return 'changes its mark';
      return mark === 0 ? 'takes its mark away' : `marks it 0x${mark.toString(16)}`;
    }
    case 'dnat':
      return `sends it to ${joinHostPort(target.ip, target.port)}`;
    case 'redirect':
      return `sends it to port ${target.port} of the node`;
    case 'masquerade':
      return 'its source becomes an address of the node';
    case 'unknown':
      return foreignDoes(target.text);
  }
}

function doesDid(did: Did): string {
  switch (did.kind) {
    case 'jump':
      return `on to ${did.chain}`;
    case 'goto':
      return `on to ${did.chain}, without a way back`;
    case 'dnat':
      return `sends it to ${did.port === undefined ? did.ip : joinHostPort(did.ip, did.port)}`;
    case 'unknown':
      return 'does what is not known here';
    default:
      return DID[did.kind];
  }
}

const DID: Readonly<Record<Exclude<Did['kind'], 'jump' | 'goto' | 'dnat' | 'unknown'>, string>> = {
  accept: 'ends the base chain',
  drop: 'drops it',
  reject: 'refuses it',
  return: 'leaves the chain',
  masquerade: 'its source becomes an address of the node',
  snat: 'changes its source',
  mark: 'changes its mark',
  remember: 'remembers the client',
  none: 'on with the next rule',
};

const FOREIGN: Readonly<Record<string, string>> = {
  DNAT: 'changes its destination',
  REDIRECT: 'redirects it to the node itself',
  SNAT: 'changes its source',
  MASQUERADE: 'its source becomes an address of the node',
  DROP: 'drops it',
  REJECT: 'refuses it',
  RETURN: 'leaves the chain',
  ACCEPT: 'accepts it',
  MARK: 'marks it',
  CONNMARK: 'marks its connection',
  CT: 'sets how its connection is tracked',
  NOTRACK: 'keeps its connection from being tracked',
};

function foreignDoes(text: string): string {
  const name = /^ -[jg] (\S+)/.exec(text)?.[1] ?? '';
  return FOREIGN[name] ?? (name === '' ? 'on with the next rule' : `${name}, and on with the next rule`);
}

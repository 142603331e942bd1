/**
 * text: a trace → lines of text: the sentence and its notes, the packet, the endpoints with their shares, the steps.
 */
import { joinHostPort } from '../ip.js';
import type { Missed } from '../packet/chains.js';
import { briefly, isNftTable } from '../packet/nft/brief.js';
import { aligned, type Column, LAYOUTS, tableOf } from '../table.js';
import { clipped } from './sentence.js';
import { shareText } from './share.js';
import type { TracedStep } from './steps.js';
import type { Trace, TracedOutcome } from './types.js';
import { wrapped } from './wrap.js';

export interface TextStyle {
  /** Show the rules that did not match, and the steps to every endpoint. */
  readonly verbose: boolean;
  /** Columns of the terminal; undefined: lines are not wrapped. */
  readonly width: number | undefined;
  readonly paint: (style: 'red' | 'green' | 'yellow' | 'bold' | 'dim', text: string) => string;
}

export function* traceLines(trace: Trace, style: TextStyle): Generator<string> {
  const colour = trace.isReached
    ? 'green'
    : trace.verdict === 'UNKNOWN' || trace.verdict === 'MIXED'
      ? 'yellow'
      : 'red';
  for (const line of wrapped(trace.sentence, '', style.width)) yield style.paint(colour, line);
  for (const note of trace.notes) yield* wrapped(note, '  ', style.width);
  for (const on of trace.depends) yield* wrapped(`depends on: ${clipped(on)}`, '  ', style.width);
  if (trace.depends.some((on) => /^(?:! )?-i /.test(on)))
    yield '  say by which interface it comes in: --in-interface NAME';
  yield '';
  yield* aligned(packetRows(trace), LAYOUTS.describe).flatMap((line) => wrapped(line, '', style.width));
  const endpoints = trace.outcomes.filter(({ verdict }) => verdict === 'DNAT');
  if (endpoints.length > 0) {
    yield '';
    const { columns, rows } = tableOf(COLUMNS, endpoints);
    yield* aligned([columns, ...rows], LAYOUTS.describe);
  }
  yield* stepsLines(trace, style);
}

const KIND = {
  ClusterIP: 'cluster IP',
  ExternalIP: 'external IP',
  LoadBalancerIP: 'load-balancer IP',
  NodePort: 'node port',
} as const;

function packetRows({ from, to, protocol, sourcePort, asked, node, lookup }: Trace): readonly (readonly string[])[] {
  const { inInterface } = from;
  const by = typeof inInterface === 'string' ? `in by ${inInterface}` : '';
  const ports = sourcePort === undefined ? '' : `port ${sourcePort}`;
  const whose =
    asked && (asked.kind === undefined ? `Service ${asked.port}` : `${KIND[asked.kind]} of Service ${asked.port}`);
  return [
    ...lookup.map(({ name, outcome }) => ['name', `${name} ${outcome}`]),
    ['from', [from.ip.text, ports, from.about, by].filter((text) => text !== '').join(', ')],
    ['to', [`${joinHostPort(to.ip.text, to.port)}/${protocol}`, ...(whose === undefined ? [] : [whose])].join(', ')],
    ...(node === '' ? [] : [['on', `node ${node}`]]),
  ];
}

const COLUMNS: readonly Column<TracedOutcome>[] = [
  { title: 'ENDPOINT', cell: ({ address = '', port = 0 }) => joinHostPort(address, port) },
  { title: 'SHARE', cell: ({ share }) => shareText(share) },
  { title: 'SOURCE', cell: ({ source }) => ({ kept: 'kept', node: 'the node', changed: 'changed' })[source] },
  { title: 'POD', cell: ({ pod = '' }) => pod, optional: true },
  { title: 'NODE', cell: ({ node = '' }) => node, optional: true },
];

/** The steps that all outcomes share, then the other steps: of one outcome of each sort, or with -v of each outcome. */
function* stepsLines({ steps, outcomes }: Trace, style: TextStyle): Generator<string> {
  const ends = outcomes.map(endText);
  const common = steps.filter((step) => step.outcomes.length === outcomes.length);
  yield* sectionLines(common, style);
  if (outcomes.length < 2) return;
  const shown = style.verbose ? outcomes.keys() : firstOfEach(outcomes);
  let left = outcomes.length;
  for (const i of shown) {
    left--;
    yield '';
    yield style.paint('bold', ends[i] ?? '');
    yield* sectionLines(
      steps.filter((step) => step.outcomes.length < outcomes.length && step.outcomes.includes(i)),
      style,
    );
  }
  if (left > 0) yield* ['', `and ${left === 1 ? '1 more like these' : `${left} more like these`} (-v shows all)`];
}

/** The first outcome of each verdict and source: the steps to other endpoints that see the same source are alike. */
function firstOfEach(outcomes: readonly TracedOutcome[]): readonly number[] {
  const sorts = outcomes.map(({ verdict, source }) => `${verdict} ${source}`);
  return [...sorts.keys()].filter((i) => sorts.indexOf(sorts[i] ?? '') === i);
}

function endText({ verdict, address = '', port = 0, share }: TracedOutcome): string {
  const what = {
    DNAT: `to ${joinHostPort(address, port)}`,
    REJECT: 'refused',
    DROP: 'dropped',
    ACCEPT: 'accepted',
    NONE: 'untouched',
    UNKNOWN: 'one of the unknown ways',
  }[verdict];
  return `${what}, ${shareText(share)}`;
}

/** Steps that are no rules, by their table. */
const BESIDE_RULES: Readonly<Record<string, { readonly title: string; readonly step: string }>> = {
  ipvs: { title: 'IPVS', step: 'virtual server' },
  relay: { title: 'the relay of vipc sync', step: 'listener' },
};

/** The steps, with a heading for each hook and table. */
function* sectionLines(steps: readonly TracedStep[], style: TextStyle): Generator<string> {
  let place = '';
  for (const step of steps) {
    const of = step.variant === undefined ? '' : ` of iptables-${step.variant}`;
    const now = `${step.hook}, ${BESIDE_RULES[step.table]?.title ?? `table ${step.table}${of}`}`;
    if (now !== place) yield* ['', style.paint('bold', now)];
    place = now;
    yield* stepLines(step, style);
  }
}

function* stepLines(step: TracedStep, { verbose, width, paint }: TextStyle): Generator<string> {
  const { chain, rule, service, does, skipped, text, nothingIn, missed } = step;
  const where = BESIDE_RULES[step.table]?.step ?? (rule === 0 ? `${chain} policy` : `${chain} ${rule}`);
  if (verbose) yield* missedLines(step, missed(), { width, paint });
  const whose = service === undefined ? '' : ` (${service})`;
  const over = !verbose && skipped > 0 ? `, ${skipped} skipped` : '';
  const empty = nothingIn === undefined ? '' : `, ${none(nothingIn.length)}`;
  yield* wrapped(`${where}${whose}${over}: ${does}${empty}`, '  ', width);
  for (const line of ruleLines(step, text).flatMap((each) => wrapped(each, '      ', width))) yield paint('dim', line);
  if (verbose && nothingIn) yield* missedLines(step, nothingIn, { width, paint });
}

/** A rule of nftables without the rest of long lists, which --format json has, and the element that decided. */
function ruleLines({ table }: TracedStep, text: string): readonly string[] {
  if (!isNftTable(table)) return [text];
  const { rule, element } = briefly(text);
  return element === undefined ? [rule] : [rule, element];
}

function none(rules: number): string {
  if (rules < 2) return rules === 0 ? 'which has no rules' : 'whose only rule is for others';
  return `none of whose ${rules} rules is for it`;
}

/** A shared chain such as KUBE-SERVICES has thousands of rules in a large cluster. */
const MOST_MISSED = 100;

function* missedLines(
  step: TracedStep,
  missed: readonly Missed[],
  { width, paint }: Pick<TextStyle, 'width' | 'paint'>,
): Generator<string> {
  for (const { rule, text, because } of missed.slice(0, MOST_MISSED)) {
    for (const line of wrapped(`not ${rule}: ${ruleLines(step, text).join(' ')}`, '    ', width))
      yield paint('dim', line);
    yield* wrapped(`fails at ${ruleLines(step, because).join(' ')}`, '        ', width);
  }
  if (missed.length > MOST_MISSED) yield `    and ${missed.length - MOST_MISSED} more (--format json -v has all)`;
}

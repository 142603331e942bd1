/**
 * cli: `vipc trace`.
 */
import { type Diagnostic, hasErrors, type Source } from '../diag.js';
import { missingRules } from '../dumps/node.js';
import type { Options } from '../options.js';
import { newEvaluator } from '../packet/evaluate.js';
import { wholeSnapshot } from '../pipeline.js';
import type { Snapshot } from '../read/types.js';
import { answering, nodeOfQuestion } from '../trace/answering.js';
import { parseSender, parseTarget } from '../trace/grammar.js';
import { traceData } from '../trace/json.js';
import { isProblem, type L4, type Problem, type Question } from '../trace/question.js';
import { traceLines } from '../trace/text.js';
import { trace } from '../trace/trace.js';
import type { Trace } from '../trace/types.js';
import type { Need } from './api-sources.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { domainOf } from './dns.js';
import { within } from './input.js';
import { EXIT, type Io, painter, writeJson, writeLines } from './io.js';
import { openNode } from './node.js';
import { type NodeFlags, type NodeTask, nodeTask } from './node-task.js';
import { judged, report } from './report.js';
import { asked, ruledBy } from './trace-rules.js';

export interface TraceFlags extends NodeFlags, CompletionFlags {
  readonly from: string;
  readonly to: string;
  readonly protocol?: L4;
  readonly sourcePort?: number;
  readonly inInterface?: string;
  readonly domain: string;
  readonly rules?: readonly string[];
  readonly live?: boolean;
  readonly format: 'text' | 'json';
}

/** Rules need Services, EndpointSlices and Nodes; names of senders need Pods, and DNS names Namespaces. */
const NEED: Need = { kinds: ['Service', 'EndpointSlice', 'Node'], also: ['Pod', 'Namespace'] };

/** Prints a trace. The exit code is 0 if all connections get through, 1 if some do not or the verdict is unknown. */
export async function runTrace(paths: readonly string[], flags: TraceFlags, io: Io): Promise<number> {
  if (flags.live && flags.rules) throw new Error('use either --live or --rules, not both');
  if (flags.netns !== undefined && !flags.live) throw new Error('--netns goes with --live');
  const domain = domainOf(flags.domain);
  // Reports a malformed question before any input is read.
  questionOf(flags, flags.namespace ?? 'default', domain);
  // -n is the namespace of names in the question too, so it is not passed on: reading a cluster refuses it.
  const { namespace, ...asking } = flags;
  const task = await nodeTask(paths, asking, io);
  const { options } = task;
  const [ruled, cluster] = await bothRead(paths, flags, task, io);
  const live: Options = { ...options.value, ...(ruled?.value.machine && { machine: ruled.value.machine }) };
  const completion = completionOf(flags);
  const how = { skipInvalid: flags.skipInvalid === true, layout: flags.layout, completion };
  const whole = cluster && !hasErrors(cluster.diagnostics) ? wholeSnapshot(cluster.value, live, how) : undefined;
  const said = [...options.diagnostics, ...(ruled?.diagnostics ?? []), ...(cluster?.diagnostics ?? [])];
  const before = judged([...said, ...(whole?.diagnostics ?? [])], flags);
  if (hasErrors(before)) return failed(before, flags, io);

  const snapshot = whole?.value;
  const names = questionOf(flags, cluster?.namespace ?? namespace ?? 'default', domain);
  const node = answering({
    snapshot,
    options: onNode(live, names, snapshot, flags),
    how,
    ruled: ruled?.value,
    mentions: (beginning) => cluster?.value.some(({ text }) => text.includes(beginning)) === true,
  });
  const found = [...before, ...judged(node.diagnostics, flags)];
  if (!node.value || hasErrors(found)) return failed(found, flags, io);
  const { world, rules } = node.value;
  const answer = trace(names, world, newEvaluator(rules), cluster?.namespace ?? namespace ?? 'default');
  // What a node has is all that it has; a dump may be one of several.
  const isPart = ruled !== undefined && ruled.value.machine === undefined && !isProblem(answer);
  const all = [...found, ...(isPart ? judged(missingRules(rules, answer.to.ip.family), flags) : [])];
  if (hasErrors(all)) return failed(all, flags, io);
  await report(toldOf(all, flags), flags.verbose === true, io);
  if (isProblem(answer)) throw refusal(answer);
  await print(answer, flags, io);
  return answer.isReached ? EXIT.ok : EXIT.different;
}

function questionOf(
  { from, to, protocol, sourcePort, inInterface }: TraceFlags,
  namespace: string,
  domain: string,
): Question {
  return {
    from: parseSender(from, namespace),
    to: parseTarget(to, namespace),
    ...(protocol !== undefined && { protocol }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(inInterface !== undefined && { inInterface }),
    domain,
  };
}

interface ReadSources {
  readonly value: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
  readonly namespace: string;
}

/** Reads the rules of --rules or --live, and the objects, which are optional if there are rules. */
async function bothRead(paths: readonly string[], flags: TraceFlags, task: NodeTask, io: Io) {
  const { rules, live, namespace } = flags;
  const isRuled = rules !== undefined || live === true;
  const isNamed = paths.length > 0 || flags.kubeconfig !== undefined || flags.context !== undefined;
  const read = async (): Promise<ReadSources> => {
    const input = await task.input();
    return { ...within(namespace, await input.read(NEED)), namespace: namespace ?? input.namespace };
  };
  const ruled = isRuled ? await (rules ? ruledBy(rules, io) : asked(await openNode(task, io))) : undefined;
  return [ruled, !isRuled || isNamed ? await read() : undefined] as const;
}

/** The options with the node to trace: --node, the live or captured one, or else the one that the question implies. */
function onNode(options: Options, question: Question, snapshot: Snapshot | undefined, { node }: TraceFlags): Options {
  if (node !== undefined || options.machine || !snapshot) return options;
  const nodeName = nodeOfQuestion(question, snapshot);
  if (typeof nodeName === 'object') throw refusal(nodeName);
  return nodeName === undefined ? options : { ...options, nodeName };
}

function refusal({ problem, hint }: Problem): Error {
  return new Error([problem, ...(hint === undefined ? [] : [`  ${hint}`])].join('\n'));
}

/** The diagnostics that affect the answer; with -v all of them. */
function toldOf(diagnostics: readonly Diagnostic[], { verbose = false }: TraceFlags): readonly Diagnostic[] {
  return verbose ? diagnostics : diagnostics.filter(({ code, severity }) => severity === 'error' || TOLD.has(code));
}

const TOLD: ReadonlySet<string> = new Set([
  'unknown-node',
  'unknown-addresses',
  'missing-rules',
  'hidden-table',
  'other-virtual-server',
  'not-listed',
]);

/** Reports errors in the input. The exit code is 2, because 1 is an answer. */
async function failed(diagnostics: readonly Diagnostic[], flags: TraceFlags, io: Io): Promise<number> {
  await report(diagnostics, flags.verbose === true, io);
  return EXIT.trouble;
}

async function print(answer: Trace, { format, verbose = false }: TraceFlags, io: Io): Promise<void> {
  if (format === 'json') return writeJson(io.stdout, traceData(answer, verbose), 2);
  const { columns } = io.stdout as { readonly columns?: number };
  const width = io.stdout.isTTY === true ? columns : undefined;
  await writeLines(io.stdout, traceLines(answer, { verbose, width, paint: painter(io.stdout, io.env) }));
}

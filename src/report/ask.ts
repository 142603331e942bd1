/**
 * ask: a question about a packet as people type it → what `vipc trace` answers about the same snapshot, by the same
 * code. The rules of a node are compiled when it is first asked about, and kept.
 */
import type { Diagnostic } from '../diag.js';
import { type Evaluator, newEvaluator } from '../packet/evaluate.js';
import type { PacketClass } from '../packet/packet.js';
import { type Answering, answering, nodeOfQuestion } from '../trace/answering.js';
import { parseSender, parseTarget } from '../trace/grammar.js';
import { isProblem, type L4, type Problem, type Question } from '../trace/question.js';
import { traceLines } from '../trace/text.js';
import { trace, USUAL_SOURCE_PORT } from '../trace/trace.js';
import type { Trace } from '../trace/types.js';
import type { Report } from './model.js';
import { type Ways, waysOf } from './ways.js';

/** A question as it was typed. */
export interface Asked {
  readonly from: string;
  readonly to: string;
  readonly protocol?: L4 | undefined;
  /** Its rules are asked; by default the node that the question implies. */
  readonly node?: string | undefined;
}

export type Told =
  | { readonly kind: 'trace'; readonly trace: Trace; readonly lines: readonly string[]; readonly ways: Ways }
  /** Why the question has no answer, and perhaps what to do. */
  | { readonly kind: 'problem'; readonly problem: string };

/** Answers questions about a report's cluster. */
export function newAsker({ data, snapshot }: Report): (asked: Asked) => Told {
  const known = new Map<string, Known>();
  const { options, layout, namespace, domain, mentioned } = data;
  // The command line would ask for --node here; a page shows the first one's rules, and says whose they are.
  const [first] = snapshot.nodes;
  const usual = options.nodeName || (first?.metadata.name ?? '');
  const rulesOf = (nodeName: string): Known => {
    const found = known.get(nodeName) ?? knownFor(nodeName);
    known.set(nodeName, found);
    return found;
  };
  const knownFor = (nodeName: string): Known => {
    const { value, diagnostics } = answering({
      snapshot,
      options: { ...options, nodeName },
      how: { skipInvalid: true, layout },
      ruled: undefined,
      mentions: (beginning) => mentioned.includes(beginning),
    });
    return { answering: value, evaluator: value && newEvaluator(value.rules), diagnostics };
  };
  return (asked) => {
    const { from } = asked;
    const question = read(() => questionOf(asked, namespace, domain));
    if (isProblem(question)) return told(question);
    const implied = options.machine ? options.nodeName : (asked.node ?? nodeOfQuestion(question, snapshot));
    if (typeof implied === 'object') return told(implied);
    const { answering, evaluator, diagnostics } = rulesOf(implied ?? usual);
    if (!answering || !evaluator) return told(errorOf(diagnostics));
    const answer = trace(question, answering.world, evaluator, namespace);
    if (isProblem(answer)) return told(answer);
    return {
      kind: 'trace',
      trace: answer,
      lines: [...traceLines(answer, PLAIN)],
      ways: waysOf(packetOf(answer), evaluator, from.trim(), podNames(answer)),
    };
  };
}

interface Known {
  readonly answering: Answering | undefined;
  readonly evaluator: Evaluator | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const PLAIN = { verbose: false, width: undefined, paint: (_: string, text: string) => text } as const;

/** The first packet of the traced connection. */
function packetOf({ from, to, protocol, sourcePort = USUAL_SOURCE_PORT }: Trace): PacketClass {
  return {
    family: to.ip.family,
    source: from.ip,
    destination: to.ip,
    protocol,
    sourcePort,
    destinationPort: to.port,
    ...(from.inInterface !== undefined && { inInterface: from.inInterface }),
  };
}

function podNames({ outcomes }: Trace): (address: string) => string | undefined {
  const names = new Map(outcomes.flatMap(({ address, pod }) => (address && pod ? [[address, pod] as const] : [])));
  return (address) => names.get(address);
}

function questionOf({ from, to, protocol }: Asked, namespace: string, domain: string): Question {
  return {
    from: parseSender(from.trim(), namespace),
    to: parseTarget(to.trim(), namespace),
    ...(protocol && { protocol }),
    domain,
  };
}

/** The grammar refuses a text by an Error, whose message names the options of the command line. */
function read(parse: () => Question): Question | Problem {
  try {
    return parse();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problem: message.replace(/^--(from|to) /, (_, flag: string) => `“${flag}” `) };
  }
}

function told({ problem, hint }: Problem): Told {
  return { kind: 'problem', problem: [problem, ...(hint === undefined ? [] : [hint])].join('\n') };
}

function errorOf(diagnostics: readonly Diagnostic[]): Problem {
  const { message, hint } = diagnostics.find(({ severity }) => severity === 'error') ?? {
    message: 'the rules cannot be compiled',
  };
  return { problem: message, ...(hint !== undefined && { hint }) };
}

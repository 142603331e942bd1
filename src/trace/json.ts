/**
 * json: a trace → the object that `--format json` prints.
 */
import { toNumber } from '../packet/fraction.js';
import type { TracedStep } from './steps.js';
import type { Trace, TracedOutcome } from './types.js';

/** The trace as data for programs; `verbose` adds the rules that did not match. */
export function traceData(trace: Trace, verbose: boolean): object {
  const { from, to, protocol, sourcePort, node, asked, lookup, verdict, sentence, notes, outcomes, depends } = trace;
  const { inInterface } = from;
  return {
    packet: {
      from: from.ip.text,
      to: to.ip.text,
      port: to.port,
      protocol,
      ...(sourcePort !== undefined && { sourcePort }),
      ...(typeof inInterface === 'string' && { inInterface }),
    },
    node,
    ...(asked && { service: asked.port }),
    verdict,
    sentence,
    notes,
    endpoints: outcomes.filter((each) => each.verdict === 'DNAT').map((each) => endpoint(each)),
    outcomes: outcomes.map((each) => ({ verdict: each.verdict, ...endpoint(each) })),
    depends,
    ...(lookup.length > 0 && { lookup }),
    steps: trace.steps.map((step) => stepData(step, verbose)),
  };
}

function endpoint({ address, port, share, source, pod, node }: TracedOutcome) {
  return {
    ...(address !== undefined && { address }),
    ...(port !== undefined && { port }),
    probability: toNumber(share),
    share: `${share.n}/${share.d}`,
    masquerade: source === 'node',
    ...(pod !== undefined && { pod }),
    ...(node !== undefined && { node }),
  };
}

function stepData({ missed, nothingIn, service, ...step }: TracedStep, verbose: boolean) {
  const { hook, table, variant, chain, rule, text, does, skipped, outcomes } = step;
  return {
    hook,
    table,
    ...(variant !== undefined && { variant }),
    chain,
    rule,
    text,
    ...(service !== undefined && { service }),
    does,
    skipped,
    ...(nothingIn !== undefined && { nothingIn: nothingIn.length }),
    outcomes,
    ...(verbose && { missed: [...missed(), ...(nothingIn ?? [])] }),
  };
}

/**
 * Look: whether the node still has what was programmed, found out beside changes: they are applied meanwhile, and what
 * they change is not judged. A look changes nothing; where it finds another part, a full sync reads and repairs all.
 *
 *     machine: the same? ─ parts of what was programmed ─ read part by part: all known, none missing? ─ forget flows
 */
import { lookAt } from '../apply/look.js';
import { readMachine } from '../apply/read.js';
import { othersOf } from '../diff/assume.js';
import { type Plan, plan } from '../diff/plan.js';
import { remarks } from '../diff/remarks.js';
import type { Machine } from '../options.js';
import type { ObservedState } from '../tools/tools.js';
import type { Programmed } from './programmed.js';
import { newRun, reportOf, type SyncReport } from './run.js';
import { forget, planOptions, type State } from './state.js';

/** A report when all is as programmed; `unknown` when a full sync came in between. */
export type Looked = SyncReport | 'differs' | 'unknown';

/** Looks at the node of `state`, while no sync runs. Never rejects. */
export async function look(state: State): Promise<Looked> {
  const { programmed } = state;
  if (!programmed) return 'differs';
  try {
    return await lookWith(state, programmed);
  } catch {
    // A full sync meets the same fault, and says so.
    return state.programmed === programmed ? 'differs' : 'unknown';
  }
}

async function lookWith(state: State, programmed: Programmed): Promise<Looked> {
  const { compiled, options, configured, given } = state;
  const { host, detected } = given.target;
  if (!compiled) return 'differs';
  const run = newRun('full');
  const machine = await run.watch.time('read', () => readMachine(host, configured, detected));
  if (aside(machine) !== aside(options?.machine)) return 'differs';
  await run.watch.time('compile', () => programmed.collected);
  const read = await run.watch.time('read', () => readParts(state, programmed));
  if (state.programmed !== programmed) return 'unknown';
  if (!read) return 'differs';
  const { observed, next } = read;
  // While a change is carried out, what it began with is kept.
  if (state.others) state.others = othersOf(observed);
  run.diagnostics.push(...remarks(observed, programmed.rest));
  run.compiled = compiled;
  run.found = compiled.diagnostics();
  if (state.figures) run.figures = state.figures;
  // Only flows of UDP can be left behind; to sort all ServicePorts would hold everything else up.
  const { resolved: served, desired: stateOf } = compiled.those(({ name }) => name.protocol === 'UDP');
  const after = programmed.rest.relay ? stateOf() : {};
  await forget(given.target, { served, after }, observed, next, run);
  return reportOf(run);
}

/** The machine as text, but for the ports that the relay has: its listeners are parts. */
function aside(machine: Machine | undefined): string {
  const { proxyPorts, ...rest } = machine ?? {};
  return JSON.stringify({ ...rest, taken: proxyPorts?.taken });
}

/** Readings of a look, at most: a node that always changes is read whole, too. */
const READINGS = 3;

/** What the node has beside all parts, and the plan for that, which is empty. */
interface Read {
  readonly observed: ObservedState;
  readonly next: Plan;
}

/**
 * Undefined when the node has other parts, or not all. Between two commits of a change it has what is neither old nor new, so
 * it is read again where one was carried out meanwhile.
 */
async function readParts(state: State, programmed: Programmed): Promise<Read | undefined> {
  const { host, detected } = state.given.target;
  for (let left = READINGS; left > 0 && state.programmed === programmed; left--) {
    const reading = programmed.begin();
    try {
      const observed = await lookAt(host, detected, programmed.rest, reading.isKnown);
      const next = observed && reading.isWhole() && plan(observed, programmed.rest, planOptions(state));
      if (next && next.steps.length === 0) return { observed, next };
      if (reading.isAlone()) return undefined;
    } finally {
      reading.end();
    }
    await programmed.settled();
  }
  return undefined;
}

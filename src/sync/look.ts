/**
 * Look: whether the node still has what was programmed, found out beside changes: they are applied meanwhile, and what
 * they change is not judged. A look changes nothing; where it finds another part, a full sync reads and repairs all.
 *
 *     machine: the same? ─ parts of what was programmed ─ read part by part: all known, none missing? ─ forget flows
 */
import { lookAt } from '../apply/look.js';
import { readMachine } from '../apply/read.js';
import { othersOf } from '../diff/assume.js';
import { plan } from '../diff/plan.js';
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
  const observed = await run.watch.time('read', () => readParts(state, programmed));
  if (state.programmed !== programmed) return 'unknown';
  if (!observed) return 'differs';
  const next = plan(observed, programmed.rest, planOptions(state));
  if (next.steps.length > 0) return 'differs';
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

/** What the node has beside all parts; undefined when it has others, or not all. */
async function readParts({ given }: State, programmed: Programmed): Promise<ObservedState | undefined> {
  const { host, detected } = given.target;
  const reading = programmed.begin();
  try {
    const observed = await lookAt(host, detected, programmed.rest, reading.isKnown);
    return reading.isWhole() ? observed : undefined;
  } finally {
    reading.end();
  }
}

/**
 * Syncer: brings one node to the state of the cluster. Both ways to sync write into a record of the run (run.ts).
 *
 *     first      machine ─ compile ─ read all ─ plan ─ run ─ forget flows; a full one follows at once
 *     full       machine ─ compile ─ read all ─ drift? ─ apply, which reads again ─ forget flows
 *     look       read all, part by part ─ as programmed?; a full one follows where it is not
 *     partial    compile what changed ─ assume the state of the node before ─ plan ─ run ─ forget flows
 *
 * A partial sync assumes that the node has what was programmed last, so it costs what changed and not what there is. A
 * refusal may come from that, where another program removed a table or a chain, so only a full one blames a Service.
 */
import { runSteps } from '../apply/run.js';
import type { Diagnostic } from '../diag.js';
import type { Compilation } from '../increment/compiler.js';
import type { Options } from '../options.js';
import type { Cluster } from '../read/cluster.js';
import { compileChange } from './compile.js';
import { fullSync } from './full.js';
import { type Looked, look } from './look.js';
import { planChange } from './partial.js';
import { fail, newRun, type Run, refuse, reportOf, type SyncKind, type SyncReport } from './run.js';
import { forget, know, lose, NOTHING, planOptions, type State, type SyncerOptions, type Touched } from './state.js';

export interface Syncer {
  /** Syncs to `cluster`, of which `changes` came since the last call. Never rejects: a failure is in the report. */
  sync(cluster: Cluster, changes: Touched, kind: SyncKind): Promise<SyncReport>;
  /** Whether the node still has what was programmed, beside syncs that begin meanwhile. */
  look(): Promise<Looked>;
  /** Other options from now on. */
  configure(options: Options): void;
}

/** A syncer that knows nothing of the node yet. */
export function newSyncer(given: SyncerOptions, options: Options): Syncer {
  const state: State = { given, configured: options, leaving: new Set(), between: NOTHING };
  return {
    configure: (changed) => {
      state.configured = changed;
      state.options = undefined;
      state.compiled = undefined;
      lose(state);
    },
    sync: async (cluster, changes, asked) => {
      const { others, compiled, programmed } = state;
      const run = newRun(others && compiled ? asked : 'full');
      try {
        if (others && compiled && run.kind === 'partial') await partialSync(state, compiled, cluster, changes, run);
        else await fullSync(state, cluster, changes, run);
      } catch (error) {
        state.others = undefined;
        const message = error instanceof Error ? error.message : String(error);
        fail(run, { code: 'sync-failed', severity: 'error', message });
      }
      // Also what is not kept: a look may wait for it.
      programmed?.changed();
      if (!run.ok) state.programmed = undefined;
      return reportOf(run);
    },
    look: () => look(state),
  };
}

async function partialSync(
  state: State,
  known: Compilation,
  cluster: Cluster,
  changes: Touched,
  run: Run,
): Promise<void> {
  const { target } = state.given;
  const { others = {} } = state;
  const change = compileChange(state, known, cluster, changes, run);
  if (!change) return;
  const options = planOptions(state);
  const { assumed, next } = await run.watch.time('diff', () => planChange(target, others, change, options));
  run.steps = next.steps;
  state.between = change.whole;
  state.others = undefined;
  const { refused, partly, warnings } = await run.watch.time('apply', () => runSteps(next.steps, target));
  const errors = [...partly, ...(refused ? [refused] : [])].map(withoutBlame);
  run.diagnostics.push(...errors, ...warnings);
  if (errors.length > 0) return refuse(run);
  know(state, others, next);
  // Also without a step: no rule leads to an ending endpoint beside ready ones, but its flows stay until it serves no more.
  const hasUdp = [...change.gone, ...change.come].some(({ name }) => name.protocol === 'UDP');
  if (hasUdp) await forget(target, change, assumed, next, run);
}

/** The refusal of a change that relied on what the node was taken to have: it is nobody's until the node was read. */
function withoutBlame({ origin: _, ...refused }: Diagnostic): Diagnostic {
  const hint = 'another program may have changed these rules; vipc reads the whole node next, and tells';
  return { hint, ...refused };
}

/**
 * Compile: what a sync compiles, all or what changed, and what is served of it from then on.
 */
import type { Resolved } from '../backends/backend.js';
import { apart } from '../diff/apart.js';
import { type Compilation, compileAll, type Increment } from '../increment/compiler.js';
import type { Options } from '../options.js';
import type { Cluster } from '../read/cluster.js';
import { type Figures, figuresAfter, figuresOf } from './figures.js';
import { newProgrammed } from './programmed.js';
import { fail, type Run } from './run.js';
import { lose, type State, type Touched } from './state.js';

/** Compiles what changed; undefined when the cluster cannot be compiled at all. */
export function compileChange(
  state: State,
  known: Compilation | undefined,
  cluster: Cluster,
  changes: Touched,
  run: Run,
): Increment | undefined {
  if (!known) return undefined;
  if (!changes.isOfAll) {
    const names = [...changes.names, ...state.leaving];
    const change = run.watch.timeSync('compile', () => apart(known.change(cluster, names)));
    state.programmed?.change(change);
    serve(state, known, state.figures && figuresAfter(state.figures, change), run);
    return change;
  }
  const [before, were] = [known.desired(), known.resolved()];
  const compiled = compile(state, cluster, known.options, run);
  if (!compiled) return undefined;
  const [after, served] = [compiled.desired(), compiled.resolved()];
  run.figures = state.figures = figuresOf(compiled, after);
  state.programmed = newProgrammed(after);
  const portsOf = (resolved: readonly Resolved[]) => resolved.flatMap(({ ports }) => ports);
  return { before, after, served, gone: portsOf(were), come: portsOf(served), whole: () => [before, after] };
}

/** Compiles all of the cluster. */
export function compile(state: State, cluster: Cluster, options: Options, run: Run): Compilation | undefined {
  const { layout, features } = state.given;
  const how = { skipInvalid: true, layout, features };
  const { value, diagnostics } = run.watch.timeSync('compile', () => compileAll(cluster, options, how));
  run.found = diagnostics;
  if (value) serve(state, value, undefined, run);
  else {
    // What changed must not be forgotten, so all is compiled next time.
    state.compiled = undefined;
    lose(state);
    fail(run);
  }
  return value;
}

function serve(state: State, compiled: Compilation, figures: Figures | undefined, run: Run): void {
  state.compiled = compiled;
  state.figures = figures;
  run.compiled = compiled;
  if (figures) run.figures = figures;
  run.found = compiled.diagnostics();
}

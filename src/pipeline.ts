/**
 * The pipeline, as short functions. Everything here is pure: no file, process or clock is touched.
 *
 *     read       YAML | JSON                  → Snapshot        objects, and where each field was written
 *     resolve    Snapshot × Node × Options    → ServicePort[]   all Kubernetes semantics
 *     lower      ServicePort[]                → RuleSet         per proxy mode and layout
 *     print      RuleSet                      → Text            canonical; the golden file
 */
import type { Artifact, Backend, Resolved } from './backends/backend.js';
import { BACKENDS } from './backends/index.js';
import { type Checked, type Diagnostic, hasErrors, type Source, show } from './diag.js';
import { FAMILIES } from './ip.js';
import type { Options } from './options.js';
import { readSnapshot } from './read/snapshot.js';
import type { Snapshot } from './read/types.js';
import { chooseNode, nodeContext } from './resolve/node.js';
import { printResolved, resolvedSections } from './resolve/print.js';
import { omissions, resolve } from './resolve/resolve.js';
import type { Line } from './text.js';

export type { Artifact } from './backends/backend.js';

/** The table of frontends and endpoints, beside the rules. */
const RESOLVED_FILE = 'resolved.txt';

/**
 * All artifacts for one node. With any error there are none, unless `skipInvalid`: then objects with errors are left
 * out and their errors become warnings.
 */
export function compile(
  sources: readonly Source[],
  options: Options,
  skipInvalid = false,
  layout?: string,
): Checked<readonly Artifact[]> {
  const backend = backendFor(options.mode);
  if (!backend) return { value: [], diagnostics: [unknownMode(options.mode)] };
  const { value: resolved, diagnostics } = front(sources, options, skipInvalid);
  if (hasErrors(diagnostics)) return { value: [], diagnostics };
  const rules = backend.compile(resolved, options, layout ?? backend.layouts[0] ?? '');
  return { value: [...rules, resolvedArtifact(resolved)], diagnostics };
}

/** read and resolve; a function of its own, so that the snapshot is free to go before the rules come. */
function front(sources: readonly Source[], options: Options, skipInvalid: boolean): Checked<readonly Resolved[]> {
  const snapshot = readSnapshot(sources);
  const found = isEmpty(snapshot) ? [NOTHING_READ] : snapshot.diagnostics;
  const read = [...(skipInvalid ? found.map(asWarning) : found), ...notes(snapshot.value)];
  if (hasErrors(read)) return { value: [], diagnostics: read };
  const resolved = resolveFamilies(snapshot.value, options);
  return { value: resolved.value, diagnostics: [...read, ...resolved.diagnostics] };
}

/** The front half: what the node serves, in both families. */
export function resolveFamilies(snapshot: Snapshot, options: Options): Checked<readonly Resolved[]> {
  const chosen = chooseNode(snapshot.nodes, options);
  if (hasErrors(chosen.diagnostics)) return { value: [], diagnostics: chosen.diagnostics };
  const nodes = FAMILIES.map((family) => nodeContext(chosen.value, family, options));
  return {
    value: nodes.map(({ value: node }) => ({ node, ports: resolve(snapshot, node, options) })),
    diagnostics: [...omissions(snapshot), ...chosen.diagnostics, ...nodes.flatMap((node) => node.diagnostics)],
  };
}

/** The backend of a proxy mode; `''` is kube-proxy's way to say the default. */
export function backendFor(mode: string): Backend | undefined {
  return BACKENDS.find((backend) => backend.mode === (mode || 'iptables'));
}

function unknownMode(mode: string): Diagnostic {
  const modes = BACKENDS.map((backend) => backend.mode).join(', ');
  const message = `proxy mode ${show(mode)} can't be compiled`;
  return { code: 'unknown-mode', severity: 'error', message, hint: `choose one with --mode: ${modes}` };
}

/** Compiled, it would be a node that serves nothing: more likely the command before the pipe failed. */
const NOTHING_READ: Diagnostic = {
  code: 'empty-snapshot',
  severity: 'error',
  message: 'the input holds no Kubernetes object',
  hint: 'kubectl get services,endpointslices,nodes -A -o yaml prints a snapshot',
};

function isEmpty({ value, diagnostics }: Checked<Snapshot>): boolean {
  return diagnostics.length === 0 && Object.values(value).every((objects) => objects.length === 0);
}

/** Most names that a note lists. */
const LISTED = 5;

/** What was in the input and is no part of the output: one note for each kind that vipc does not read. */
function notes({ skipped }: Snapshot): readonly Diagnostic[] {
  const byKind = new Map<string, string[]>();
  for (const { apiVersion, kind, name } of skipped) {
    const key = `${show(kind).slice(1, -1)} (${show(apiVersion).slice(1, -1)})`;
    const names = byKind.get(key);
    if (names) names.push(name);
    else byKind.set(key, [name]);
  }
  return [...byKind].map(([kind, names]) => {
    const shown = names.slice(0, LISTED).map((name) => show(name).slice(1, -1));
    const listed = `${shown.join(', ')}${names.length > LISTED ? ', …' : ''}`;
    return { code: 'skipped-objects', severity: 'note', message: `${names.length} ${kind} skipped: ${listed}` };
  });
}

function asWarning(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.severity === 'error' ? { ...diagnostic, severity: 'warning' } : diagnostic;
}

function resolvedArtifact(resolved: readonly Resolved[]): Artifact {
  return {
    name: RESOLVED_FILE,
    ports: resolved.reduce((sum, { ports }) => sum + ports.length, 0),
    text: { [Symbol.iterator]: () => resolvedLines(resolved) },
    sections: resolvedSections,
    json: { [Symbol.iterator]: () => resolvedJson(resolved) },
  };
}

function* resolvedJson(resolved: readonly Resolved[]): Generator<string> {
  yield `${JSON.stringify(resolved, (key, value) => (key === 'origin' ? undefined : value))}\n`;
}

function* resolvedLines(resolved: readonly Resolved[]): Generator<Line> {
  for (const [i, { node, ports }] of resolved.entries()) {
    if (i > 0) yield { text: '' };
    yield* printResolved(node, ports);
  }
}

/**
 * Files: a snapshot in files as a source of the daemon. They are looked at every second, and read when something about
 * them changed; what cannot be read or parsed, such as a file that is half written, leaves everything as it was.
 */
import { withClusterset } from '../clusters/mcs.js';
import { AS_IT_IS, complete } from '../complete/complete.js';
import { type Diagnostic, hasErrors, type Source } from '../diag.js';
import { readSnapshot } from '../read/snapshot.js';
import { fingerprint, loadSources } from '../read/source.js';
import type { Snapshot } from '../read/types.js';

/** Where objects come from. */
export interface ObjectSource {
  /** Resolves when all there is was delivered once. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

export interface FilesOptions {
  readonly paths: readonly string[];
  /** What is wrong with a snapshot leaves everything as it was, warnings too. */
  readonly strict?: boolean;
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** Told what is wrong, once for each content. */
  readonly onProblems: (diagnostics: readonly Diagnostic[]) => void;
  /** How often the files are looked at. */
  readonly pollMs?: number;
}

/** Watches the files and directories that `paths` name. */
export function watchFiles({
  paths,
  strict = false,
  onSnapshot,
  onProblems,
  pollMs = 1000,
}: FilesOptions): ObjectSource {
  let seen = '';
  let content = '';
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current = Promise.resolve();

  const look = async (): Promise<boolean> => {
    const now = await fingerprint(paths);
    if (now === seen) return false;
    seen = now;
    const { value: sources, diagnostics } = await loadSources(paths, async () => Buffer.alloc(0));
    const text = textOf(sources, diagnostics);
    if (text === content) return false;
    content = text;
    const snapshot = readSnapshot(sources);
    const completed = complete(snapshot.value, AS_IT_IS);
    const clusterset = withClusterset(completed.value);
    const added = [...completed.diagnostics, ...clusterset.diagnostics].filter(isNoNote);
    const problems = [...diagnostics, ...snapshot.diagnostics, ...added].map((each) => (strict ? asError(each) : each));
    if (problems.length > 0) onProblems(problems);
    if (strict && hasErrors(problems)) return false;
    if (diagnostics.length > 0 || problems.some(isUnreadable) || isEmpty(snapshot.value)) return false;
    onSnapshot(clusterset.value);
    return true;
  };

  const ready = new Promise<void>((resolve) => {
    const again = async (): Promise<void> => {
      if (await look()) resolve();
      if (!stopped) timer = setTimeout(() => (current = again()), pollMs);
    };
    current = again();
  });

  return {
    ready,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}

function textOf(sources: readonly Source[], diagnostics: readonly Diagnostic[]): string {
  return JSON.stringify([sources, diagnostics.map(({ message }) => message)]);
}

function asError(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.severity === 'warning' ? { ...diagnostic, severity: 'error' } : diagnostic;
}

function isNoNote({ severity }: Diagnostic): boolean {
  return severity !== 'note';
}

/** Objects that are not seen for it would be taken for gone. */
function isUnreadable({ code, severity }: Diagnostic): boolean {
  return severity === 'error' && (code === 'syntax' || code === 'not-an-object');
}

/** More likely a mistake than a cluster without anything. */
function isEmpty({ services, slices, endpoints, nodes }: Snapshot): boolean {
  return services.length + slices.length + endpoints.length + nodes.length === 0;
}

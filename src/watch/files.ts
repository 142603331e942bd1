/**
 * Files: a snapshot in files as a source of the daemon. Their metadata is read every second, and their content when that
 * changed. Files that cannot be read or parsed, such as one that is half written, change nothing: the last snapshot stays.
 */
import { type Diagnostic, hasErrors, type Source, showPath } from '../diag.js';
import { type FrontOptions, front, isForNobody } from '../front.js';
import { fingerprint, loadSources } from '../read/source.js';
import type { Snapshot } from '../read/types.js';
import type { ObjectSource } from './source.js';

export interface FilesOptions {
  readonly paths: readonly string[];
  /** The namespace of objects that name none. */
  readonly namespace?: string | undefined;
  /** With a warning, too, the last snapshot stays. */
  readonly strict?: boolean;
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** Called once for each content with all its problems; with none when it has none. */
  readonly onProblems: (diagnostics: readonly Diagnostic[]) => void;
  /** Milliseconds between two reads of the files' metadata. */
  readonly pollMs?: number;
}

/** The content of files now. */
export interface Files {
  /** Absent when the files cannot be used: the objects missing in it would be taken for deleted. */
  readonly snapshot?: Snapshot;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the files and directories that `paths` name. */
export async function readFiles(
  paths: readonly string[],
  { namespace, strict = false }: Pick<FilesOptions, 'namespace' | 'strict'>,
): Promise<Files> {
  return judged(understand(await load(paths, namespace), paths), strict);
}

/** Watches the files and directories that `paths` name. */
export function watchFiles({
  paths,
  namespace,
  strict = false,
  onSnapshot,
  onProblems,
  pollMs = 1000,
}: FilesOptions): ObjectSource {
  let seen: string | undefined;
  let content = '';
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current = Promise.resolve();

  const poll = async (): Promise<boolean> => {
    const now = await fingerprint(paths);
    if (now === seen) return false;
    seen = now;
    const loaded = await load(paths, namespace);
    const text = textOf(loaded);
    if (text === content) return false;
    content = text;
    const { snapshot, diagnostics } = judged(understand(loaded, paths), strict);
    onProblems(diagnostics);
    if (snapshot) onSnapshot(snapshot);
    return snapshot !== undefined;
  };

  const ready = new Promise<void>((resolve) => {
    const again = async (): Promise<void> => {
      if (await poll()) resolve();
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

type Loaded = Awaited<ReturnType<typeof loadSources>>;

/** Pipes are refused: a FIFO and standard input give their text once, to one reader. */
async function load(paths: readonly string[], namespace: string | undefined): Promise<Loaded> {
  const loaded = await loadSources(paths, async () => Buffer.alloc(0), { pipes: false });
  if (namespace === undefined) return loaded;
  return { ...loaded, value: loaded.value.map((source) => ({ ...source, namespace })) };
}

function textOf({ value: sources, diagnostics }: Loaded): string {
  return JSON.stringify([sources, diagnostics.map(({ message }) => message)]);
}

function understand({ value: sources, diagnostics }: Loaded, paths: readonly string[]): Files {
  const { value, diagnostics: found } = front(sources, AS_IT_COMES);
  const problems = [...diagnostics, ...found];
  if (hasErrors(diagnostics) || problems.some(isUnreadable)) return { diagnostics: problems };
  // A snapshot without any object is more likely a mistake than an empty cluster.
  if (isForNobody(value.written)) return { diagnostics: [...problems, empty(paths, sources)] };
  return { snapshot: value.cluster, diagnostics: problems };
}

/** A daemon serves the sound objects, completes nothing, and logs no advice at every change. */
const AS_IT_COMES: FrontOptions = { partial: true, empty: 'fine', clustersetCIDRs: [], remarks: [] };

function empty(paths: readonly string[], sources: readonly Source[]): Diagnostic {
  const where = `${showPath(paths[0] ?? '').slice(1, -1)}${paths.length > 1 ? ` and ${paths.length - 1} more` : ''}`;
  const what = sources.every(({ text }) => text.trim() === '') ? 'is empty' : 'holds no Service, EndpointSlice or Node';
  return {
    code: 'empty-snapshot',
    severity: 'error',
    message: `the snapshot ${where} ${what}: nothing is taken away for it`,
    hint: 'kubectl get services,endpointslices,nodes -A -o yaml prints a snapshot',
  };
}

/** With `strict` warnings are errors, and with an error there is no snapshot. */
function judged({ snapshot, diagnostics }: Files, strict: boolean): Files {
  if (!strict) return { diagnostics, ...(snapshot && { snapshot }) };
  const all = diagnostics.map(asError);
  return { diagnostics: all, ...(snapshot && !hasErrors(all) && { snapshot }) };
}

function asError(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.severity === 'warning' ? { ...diagnostic, severity: 'error' } : diagnostic;
}

/** Whether objects may be missing for this error; they would be taken for deleted. */
function isUnreadable({ code, severity }: Diagnostic): boolean {
  return severity === 'error' && (code === 'syntax' || code === 'not-an-object');
}

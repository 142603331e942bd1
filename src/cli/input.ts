/**
 * cli: the input of a command: PATH arguments, standard input, or a cluster.
 */
import type { Checked, Source } from '../diag.js';
import { loadSources, STDIN } from '../read/source.js';
import { type Need, readCluster } from './api-sources.js';
import { type ContextFlags, openContext } from './context.js';
import { type Io, isPipe, readAll } from './io.js';
import { doing } from './progress.js';

/** The flags of `inputOptions` that say where the snapshot is. */
export interface InputFlags extends ContextFlags {
  /** For a command about one namespace, that namespace; else the namespace of objects that name none. */
  readonly namespace?: string | undefined;
}

/** The source of objects, before any is read. */
export interface Input {
  /** The namespace for commands about one: from the flags, else from the context, else `default`. */
  readonly namespace: string;
  /**
   * All objects of files, the needed ones of a cluster. Rejects with a message for the user when a cluster does not
   * answer.
   */
  read(need: Need): Promise<Checked<readonly Source[]>>;
}

/**
 * The input that `paths` and the flags name. Without a path: standard input or, for kubectl's plugin, the current
 * context.
 */
export async function openInput(paths: readonly string[], flags: InputFlags, io: Io): Promise<Input> {
  const { kubeconfig, context, requestTimeout, plugin = false } = flags;
  const [path] = paths;
  const asked = kubeconfig !== undefined ? '--kubeconfig' : context !== undefined ? '--context' : undefined;
  if (asked !== undefined && path !== undefined)
    throw new Error(`use either PATH or ${asked}, not both: ${JSON.stringify(path)} is a PATH`);
  const current = plugin && path === undefined && !isPipe(io.stdin);
  if (asked === undefined && !current) {
    if (requestTimeout !== undefined) throw new Error('--request-timeout goes with --kubeconfig or --context');
    return fromPaths(paths, flags.namespace, io);
  }
  const connection = await openContext(flags, io);
  return {
    namespace: flags.namespace ?? connection.namespace ?? 'default',
    read: (need) => readCluster(connection, need, flags),
  };
}

function fromPaths(paths: readonly string[], namespace: string | undefined, io: Io): Input {
  const from = paths.length === 0 && isPipe(io.stdin) ? ['-'] : paths;
  if (from.length === 0) {
    throw new Error(
      'nothing to read: name a file, or pipe one in, or read a cluster with --kubeconfig or --context (--help has examples)',
    );
  }
  return {
    namespace: namespace ?? 'default',
    read: async ({ namespaces }) => {
      const sources = await readSources(from, io);
      // For such commands -n selects the namespace to read; a manifest that names none is not in every namespace.
      return namespaces ? sources : within(namespace, sources);
    },
  };
}

/** Sources whose objects belong to `namespace` if they name none. */
export function within(namespace: string | undefined, sources: Checked<readonly Source[]>): Checked<readonly Source[]> {
  if (namespace === undefined) return sources;
  return { ...sources, value: sources.value.map((source) => ({ ...source, namespace })) };
}

/** The sources at `paths`; the progress line shows what is read and what follows. */
export async function readSources(paths: readonly string[], io: Io): Promise<Checked<readonly Source[]>> {
  const about =
    paths.length > 3 ? `${paths.length} paths` : paths.map((path) => (path === '-' ? STDIN : path)).join(', ');
  doing(`reading ${about}`, io);
  const sources = await loadSources(paths, () => readAll(io.stdin));
  const characters = sources.value.reduce((sum, { text }) => sum + text.length, 0);
  const files = sources.value.length === 1 ? '1 file' : `${sources.value.length} files`;
  doing(`working on ${about}: ${files}, ${Math.ceil(characters / 1e6)} MB`, io);
  return sources;
}

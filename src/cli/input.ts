/**
 * cli: what the PATH arguments of a command name.
 */
import type { Checked, Source } from '../diag.js';
import { loadSources, STDIN } from '../read/source.js';
import { type Io, readAll } from './io.js';
import { doing } from './progress.js';

/** The sources that `paths` name; none means standard input, unless that is a terminal. */
export async function loadInput(paths: readonly string[], io: Io): Promise<Checked<readonly Source[]>> {
  const from = paths.length === 0 && io.stdin.isTTY !== true ? ['-'] : paths;
  if (from.length === 0) throw new Error('nothing to compile: name a file, or pipe one in (--help has an example)');
  return readSources(from, io);
}

/** The sources that `paths` name; what that is, and what comes then, is said when it takes long. */
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

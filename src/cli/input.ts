/**
 * cli: what the PATH arguments of a command name.
 */
import type { Checked, Source } from '../diag.js';
import { loadSources } from '../read/source.js';
import { type Io, readAll } from './io.js';

/** The sources that `paths` name; none means standard input, unless that is a terminal. */
export async function loadInput(paths: readonly string[], io: Io): Promise<Checked<readonly Source[]>> {
  const from = paths.length === 0 && io.stdin.isTTY !== true ? ['-'] : paths;
  if (from.length === 0) throw new Error('nothing to compile: name a file, or pipe one in (--help has an example)');
  return loadSources(from, () => readAll(io.stdin));
}

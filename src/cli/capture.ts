/**
 * cli: `vipc capture`: prints or runs the script that collects the state of a node.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { failure } from '../tools/ask.js';
import { EXIT, type Io, write, writeLines } from './io.js';

export interface CaptureFlags {
  readonly output?: string;
  readonly netns?: string;
  readonly flows?: boolean;
}

/** Prints the script, or with -o runs it on this node; returns the exit code. */
export async function runCapture({ output, netns, flows = false }: CaptureFlags, io: Io): Promise<number> {
  const script = readFileSync(new URL('../../bin/capture.sh', import.meta.url), 'utf8');
  if (output === undefined) {
    if (netns !== undefined || flows)
      throw new Error(
        `${flows ? '--flows' : '--netns'} goes with -o DIR; the printed script has an option --flows of its own`,
      );
    await write(io.stdout, [script]);
    return EXIT.ok;
  }
  if (existsSync(output)) throw new Error(`${output} is there already: a capture needs a new directory`);
  const argv = ['sh', '-s', '--', ...(flows ? ['--flows'] : []), resolve(output)];
  const outcome = await io.hostAt(netns).run(argv, script);
  if (outcome.code !== 0) throw new Error(failure('capture', outcome));
  await writeLines(io.stderr, [outcome.stderr.trim()]);
  return EXIT.ok;
}

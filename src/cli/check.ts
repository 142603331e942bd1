/**
 * cli: `--check DIR`, artifacts against the files of a directory.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, textOf } from '../pipeline.js';
import { compare, diffLines, type ServiceChange } from '../review/compare.js';
import { printChanges, summarise } from '../review/print.js';
import { render } from '../text.js';
import { EXIT, type Io, painter, writeLines } from './io.js';

/** Prints how each artifact differs from its file in `directory`; returns 0 when none does, else 1. */
export async function check(directory: string, artifacts: readonly Artifact[], io: Io): Promise<number> {
  const paint = painter(io.stdout, io.env);
  let code: number = EXIT.ok;
  for (const artifact of artifacts) {
    const path = join(directory, artifact.name);
    const golden = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    const compiled = render(textOf(artifact));
    if (golden === compiled) continue;
    code = EXIT.different;
    if (golden === undefined) {
      await writeLines(io.stdout, [`${path} is missing`]);
      continue;
    }
    const changes = changesOf(artifact, golden, compiled);
    await writeLines(io.stdout, [`${path}: ${summarise(changes)}`, ...printChanges(changes, paint), '']);
  }
  const verdict =
    code === EXIT.ok
      ? `${directory} is up to date`
      : `${directory} differs; compile again with -o ${directory} to accept`;
  await writeLines(io.stderr, [verdict]);
  return code;
}

/** By Service and chain; line by line when that shows nothing, as for a mere change of order. */
function changesOf(artifact: Artifact, golden: string, compiled: string): readonly ServiceChange[] {
  const changes = compare(artifact.sections(golden), artifact.sections(compiled));
  if (changes.length > 0) return changes;
  return [{ sections: [{ title: artifact.name, lines: diffLines(golden.split('\n'), compiled.split('\n')) }] }];
}

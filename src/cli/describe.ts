/**
 * cli: `vipc describe`.
 */
import type { Diagnostic } from '../diag.js';
import { describeService, section } from '../look/describe.js';
import { lookAt } from '../look/problems.js';
import { type Io, writeLines } from './io.js';
import { type LookFlags, look } from './look.js';
import { format, inOrder } from './report.js';

/** Describes the Services that `args` name; returns the exit code. */
export async function runDescribe(args: readonly string[], flags: LookFlags, io: Io): Promise<number> {
  const found = await look(args, flags, io, 'describe');
  if (!found.snapshot) return found.code;
  const { snapshot, services, code } = found;
  const problemsOf = lookAt(snapshot);
  for (const [i, service] of services.entries()) {
    // Two lines between, as kubectl has.
    await writeLines(io.stdout, i === 0 ? [] : ['', '']);
    await writeLines(io.stdout, [...describeService(snapshot, service), ...problemLines(problemsOf(service))]);
  }
  return code;
}

/** The problems of a Service as a part of its description. */
export function problemLines(problems: readonly Diagnostic[]): readonly string[] {
  return section(
    'Problems',
    inOrder(problems).flatMap((diagnostic) => [...format(diagnostic, (_, text) => text)]),
  );
}

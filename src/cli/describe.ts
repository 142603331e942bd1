/**
 * cli: `vipc describe`.
 */
import type { Diagnostic } from '../diag.js';
import { describeService, section } from '../look/describe.js';
import { apiObject, listOf, sliceObject } from '../look/object.js';
import { problemsByService } from '../look/problems.js';
import { asText } from '../look/yaml.js';
import { keyOf, serviceOf } from '../read/types.js';
import type { Need } from './api-sources.js';
import { EXIT, type Io, write, writeLines } from './io.js';
import { type LookFlags, look } from './look.js';
import { format, inOrder } from './report.js';

export interface DescribeFlags extends LookFlags {
  readonly output?: 'yaml' | 'json';
}

const NEED: Need = { kinds: ['Service'], also: ['EndpointSlice', 'Node', 'Pod', 'Ingress'] };

/** Describes the Services that `args` name; returns the exit code. */
export async function runDescribe(args: readonly string[], flags: DescribeFlags, io: Io): Promise<number> {
  const found = await look(args, flags, io, { command: 'describe', need: NEED });
  if (!found.snapshot) return found.code;
  const { snapshot, said, services, code } = found;
  if (flags.output !== undefined) {
    const names = new Set(services.map(keyOf));
    const slices = snapshot.slices.filter((slice) => names.has(serviceOf(slice) ?? ''));
    const list = listOf([...services.map(apiObject), ...slices.map(sliceObject)]);
    if (services.length > 0 || code === EXIT.ok) await write(io.stdout, [asText(flags.output, list)]);
    return code;
  }
  const problemsOf = problemsByService(said);
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

/**
 * cli: `vipc describe`.
 */
import type { Diagnostic } from '../diag.js';
import { describeService, section } from '../look/describe.js';
import { apiObject, listOf, sliceObject } from '../look/object.js';
import { problemsByService } from '../look/problems.js';
import { trafficLines } from '../look/traffic.js';
import { asText } from '../look/yaml.js';
import type { Options } from '../options.js';
import { keyOf, type Service, type Snapshot, serviceOf } from '../read/types.js';
import type { Need } from './api-sources.js';
import { EXIT, type Io, write, writeLines } from './io.js';
import { type LookFlags, look } from './look.js';
import { loadOptions, type OptionFlags } from './options.js';
import { format, inOrder, report } from './report.js';
import { targetsOf } from './targets.js';
import { trafficOn } from './traffic.js';

export interface DescribeFlags extends LookFlags, Pick<OptionFlags, 'config' | 'mode' | 'node'> {
  readonly output?: 'yaml' | 'json';
}

const NEED: Need = { kinds: ['Service'], also: ['EndpointSlice', 'Node', 'Pod', 'Ingress', 'NetworkPolicy'] };

/** Describes the Services that `args` name; returns the exit code. */
export async function runDescribe(args: readonly string[], flags: DescribeFlags, io: Io): Promise<number> {
  const options = await loadOptions(flags);
  const isTold =
    flags.output === undefined ? besideText(targetsOf(args, 'describe').names, flags.verbose === true) : undefined;
  const found = await look(args, flags, io, { command: 'describe', need: NEED, isTold });
  if (!found.snapshot) return found.code;
  const { snapshot, said, services, code } = found;
  if (flags.output !== undefined) {
    const names = new Set(services.map(keyOf));
    const slices = snapshot.slices.filter((slice) => names.has(serviceOf(slice) ?? ''));
    const list = listOf([...services.map(apiObject), ...slices.map(sliceObject)]);
    if (services.length > 0 || code === EXIT.ok) await write(io.stdout, [asText(flags.output, list)]);
    return code;
  }
  await report(options.diagnostics, flags.verbose === true, io);
  const describe = describer(snapshot, said, options.value);
  for (const [i, service] of services.entries()) {
    // Two lines between, as kubectl has.
    await writeLines(io.stdout, i === 0 ? [] : ['', '']);
    await writeLines(io.stdout, describe(service));
  }
  return code;
}

/** Service → its description: first what is wrong with it, as that is what one came for. */
export function describer(
  snapshot: Snapshot,
  said: readonly Diagnostic[],
  options: Options,
): (service: Service) => readonly string[] {
  const problemsOf = problemsByService(said);
  return (service) => {
    const problems = problemLines(problemsOf(service));
    const traffic = trafficLines(service, trafficOn(snapshot, service, options));
    return [...problems, ...describeService(snapshot, service, traffic)];
  };
}

/**
 * What standard error has beside descriptions: what is about no object; of a Service that is asked for and was left out for
 * its errors why; with -v also what is synthetic.
 */
function besideText(
  names: readonly string[],
  verbose: boolean,
): (diagnostic: Diagnostic, snapshot: Snapshot, namespace: string) => boolean {
  return ({ origin, synthetic = false }, { services }, namespace) => {
    const { object } = origin ?? {};
    if (object === undefined || synthetic) return verbose || object === undefined;
    return (
      names.some((name) => object === `Service ${namespace}/${name}`) &&
      !services.some((service) => service.origin.object === object)
    );
  };
}

/** The problems of a Service as a part of its description. */
export function problemLines(problems: readonly Diagnostic[]): readonly string[] {
  const lines = inOrder(problems).flatMap((diagnostic) => [...format(diagnostic, (_, text) => text)]);
  const [, ...titled] = section('Problems', lines);
  return titled.length === 0 ? [] : [...titled, ''];
}

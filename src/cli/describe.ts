/**
 * cli: `vipc describe`.
 */
import type { Diagnostic } from '../diag.js';
import type { Options } from '../options.js';
import { keyOf, type Service, type Snapshot, serviceOf } from '../read/types.js';
import { describeService } from '../views/describe.js';
import type { Description } from '../views/description.js';
import { apiObject, listOf, sliceObject } from '../views/object.js';
import { printDescription } from '../views/print.js';
import { problemsByService } from '../views/problems.js';
import { trafficSections } from '../views/traffic.js';
import { asText } from '../views/yaml.js';
import type { Need } from './api-sources.js';
import { EXIT, type Io, write, writeLines } from './io.js';
import { loadOptions, type OptionFlags } from './options.js';
import { format, inOrder, report } from './report.js';
import { chosenServices, type ServicesFlags } from './services.js';
import { targetsOf } from './targets.js';
import { trafficOn } from './traffic.js';

export interface DescribeFlags extends ServicesFlags, Pick<OptionFlags, 'config' | 'mode' | 'node'> {
  readonly output?: 'yaml' | 'json';
}

const NEED: Need = { kinds: ['Service'], also: ['EndpointSlice', 'Node', 'Pod', 'Ingress', 'NetworkPolicy'] };

/** Describes the Services named by `args`; returns the exit code. */
export async function runDescribe(args: readonly string[], flags: DescribeFlags, io: Io): Promise<number> {
  const options = await loadOptions(flags);
  const isTold =
    flags.output === undefined ? besideText(targetsOf(args, 'describe').names, flags.verbose === true) : undefined;
  const found = await chosenServices(args, flags, io, { command: 'describe', need: NEED, isTold });
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
    // Two empty lines between Services, as kubectl prints.
    await writeLines(io.stdout, i === 0 ? [] : ['', '']);
    await writeLines(io.stdout, printDescription(describe(service)));
  }
  return code;
}

/** Service → its description, with its problems and what each node does with its traffic. */
export function describer(
  snapshot: Snapshot,
  said: readonly Diagnostic[],
  options: Options,
): (service: Service) => Description {
  const problemsOf = problemsByService(said);
  return (service) => {
    const traffic = trafficSections(service, trafficOn(snapshot, service, options));
    return describeService(snapshot, service, traffic, problemLines(problemsOf(service)));
  };
}

/**
 * The text for standard error beside descriptions: diagnostics about no object; why a requested Service was left out
 * for its errors; with -v also notes on synthetic values.
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

/** The problems of a Service in the format of reports, without colours. */
function problemLines(problems: readonly Diagnostic[]): readonly string[] {
  return inOrder(problems).flatMap((diagnostic) => [...format(diagnostic, (_, text) => text)]);
}

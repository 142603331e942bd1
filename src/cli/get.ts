/**
 * cli: `vipc get`.
 */

import type { Service } from '../read/types.js';
import { servicesTable } from '../views/get.js';
import { apiObject, listOf } from '../views/object.js';
import { printServices } from '../views/print.js';
import { asText } from '../views/yaml.js';
import type { Need } from './api-sources.js';
import { EXIT, type Io, write, writeLines } from './io.js';
import { chosenServices, type ServicesFlags } from './services.js';

export interface GetFlags extends ServicesFlags {
  readonly output?: 'wide' | 'yaml' | 'json' | 'name';
  readonly headers: boolean;
  readonly showLabels?: boolean;
}

/** Lists the Services named by `args`; returns the exit code. */
export async function runGet(args: readonly string[], flags: GetFlags, io: Io): Promise<number> {
  const found = await chosenServices(args, flags, io, { command: 'get', need: needOf(flags) });
  if (!found.snapshot) return found.code;
  const { snapshot, services, named, code } = found;
  const { output, headers, allNamespaces = false, showLabels = false } = flags;
  if (output === 'yaml' || output === 'json') {
    if (services.length > 0 || code === EXIT.ok) await write(io.stdout, [printed(output, services, named)]);
  } else if (output === 'name') {
    await writeLines(
      io.stdout,
      services.map(({ metadata }) => `service/${metadata.name}`),
    );
  } else if (services.length > 0) {
    const style = { wide: output === 'wide', namespaces: allNamespaces, labels: showLabels };
    await writeLines(io.stdout, printServices(servicesTable(snapshot, services, style, Date.now()), headers));
  }
  return code;
}

/** READY needs EndpointSlices; the wide column INGRESS also needs Ingresses. */
function needOf({ output }: GetFlags): Need {
  if (output !== undefined && output !== 'wide') return { kinds: ['Service'] };
  return { kinds: ['Service'], also: ['EndpointSlice', ...(output === 'wide' ? ['Ingress'] : [])] };
}

/** Like kubectl: one Service requested by name is printed alone, several as a List. */
function printed(output: 'yaml' | 'json', services: readonly Service[], named: boolean): string {
  const [only] = services;
  const object = named && only && services.length === 1 ? apiObject(only) : listOf(services.map(apiObject));
  return asText(output, object);
}

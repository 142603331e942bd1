/**
 * views: selects the Services that a command line asks for. In: all Services, a namespace or none, names, label
 * requirements. Out: the selected Services in order, and errors for names that do not exist.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { nearest } from '../near.js';
import { sorted } from '../order.js';
import type { Service } from '../read/types.js';
import { matches, type Requirement } from './selector.js';

/** The conditions of a selection; a Service must meet all of them. */
export interface Selection {
  /** Absent for all namespaces. */
  readonly namespace?: string;
  /** Empty for all names. */
  readonly names: readonly string[];
  readonly labels: readonly Requirement[];
}

/** The Services of the selection; a name that does not exist is an error in kubectl's words. */
export function selectServices(services: readonly Service[], selection: Selection): Checked<readonly Service[]> {
  const { namespace, names, labels } = selection;
  const all = sorted(services);
  const here = all.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  if (names.length === 0)
    return { value: here.filter(({ metadata }) => matches(labels, metadata.labels)), diagnostics: [] };
  const distinct = [...new Set(names)];
  const byName = new Map(here.map((service) => [service.metadata.name, service]));
  return {
    value: distinct.flatMap((name) => byName.get(name) ?? []),
    diagnostics: distinct.filter((name) => !byName.has(name)).map((name) => notFound(name, selection, all, here)),
  };
}

function notFound(
  name: string,
  { namespace = '' }: Selection,
  all: readonly Service[],
  here: readonly Service[],
): Diagnostic {
  const elsewhere = all.filter(({ metadata }) => metadata.name === name).map(({ metadata }) => metadata.namespace);
  const near = nearest(
    name,
    here.map(({ metadata }) => metadata.name),
  );
  const hint =
    elsewhere.length > 0
      ? `there is one in ${listed(elsewhere)}: -n ${elsewhere[0]}`
      : near !== undefined
        ? `did you mean ${near}?`
        : whatThereIs(namespace, all, here);
  const message = `services ${JSON.stringify(name)} not found in namespace ${namespace}`;
  return { code: 'not-found', severity: 'error', message, hint };
}

function whatThereIs(namespace: string, all: readonly Service[], here: readonly Service[]): string {
  if (here.length > 0) return `namespace ${namespace} has ${listed(here.map(({ metadata }) => metadata.name))}`;
  return otherNamespaces(all) ?? 'there is no Service at all';
}

/** `there are 3 Services in kube-system, shop: …`; undefined when there are none. */
export function otherNamespaces(services: readonly Service[]): string | undefined {
  const namespaces = [...new Set(services.map(({ metadata }) => metadata.namespace))].sort();
  const [first] = namespaces;
  if (first === undefined) return undefined;
  const count = services.length === 1 ? 'is 1 Service' : `are ${services.length} Services`;
  return `there ${count} in ${listed(namespaces)}: -A shows all, -n ${first} those of one namespace`;
}

/** The first five names. */
function listed(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
}

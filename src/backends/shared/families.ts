/**
 * families: what a daemon keeps of each IP family → of all of them.
 */
import type { Family } from '../../ip.js';
import type { ServicePort } from '../../resolve/types.js';
import type { Kept, Resolved } from '../backend.js';

/** What is kept of one family; `Lowered` is what its ServicePorts become. */
export interface KeptFamily<Lowered> {
  /** Puts ServicePorts in the place of others; false when that changes what all become. */
  replace(before: readonly ServicePort[], after: readonly ServicePort[]): boolean;
  /** For some of the ServicePorts; what they share with others is whole. */
  lower(ports: readonly ServicePort[]): Lowered;
}

/** The families of `resolved`, each kept by `keep`. */
export function keepFamilies<Lowered, More>(
  resolved: readonly Resolved[],
  keep: (family: Resolved) => KeptFamily<Lowered> & More,
): Pick<Kept, 'replace'> & { readonly all: readonly More[]; lower(part: readonly Resolved[]): readonly Lowered[] } {
  const families = new Map(resolved.map((each) => [each.node.family, keep(each)]));
  return {
    all: [...families.values()],
    // Each of them replaces what it can, also where another cannot.
    replace: (before, after) =>
      [...families]
        .map(([family, kept]) => kept.replace(portsOf(before, family), portsOf(after, family)))
        .every((isDone) => isDone),
    lower: (part) => part.flatMap(({ node, ports }) => families.get(node.family)?.lower(ports) ?? []),
  };
}

function portsOf(part: readonly Resolved[], family: Family): readonly ServicePort[] {
  return part.find(({ node }) => node.family === family)?.ports ?? [];
}

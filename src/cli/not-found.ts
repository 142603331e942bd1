/**
 * cli: an object that is asked for by name and not in the input → what is there instead.
 */
import { nearest } from '../near.js';

interface Named {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** Why there is no such object, and what there is of its kind. */
export function notFound(kind: string, name: string, namespace: string, all: readonly Named[]): string {
  const elsewhere = [
    ...new Set(all.filter(({ metadata }) => metadata.name === name).map(({ metadata }) => metadata.namespace)),
  ];
  const here = all.filter(({ metadata }) => metadata.namespace === namespace).map(({ metadata }) => metadata.name);
  const near = nearest(name, here);
  const hint =
    elsewhere.length > 0
      ? `there is one in ${elsewhere.slice(0, 5).join(', ')}: -n ${elsewhere[0]}`
      : near !== undefined
        ? `did you mean ${near}?`
        : here.length > 0
          ? `namespace ${namespace} has ${here.slice(0, 5).join(', ')}`
          : `the input has none in namespace ${namespace}`;
  return `${kind} ${JSON.stringify(name)} is not in namespace ${namespace}\n  ${hint}`;
}

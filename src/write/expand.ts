/**
 * write, part: values → YAML without anchors and aliases, for documents in which an alias repeats an object that needs
 * different fields: two Services that share their spec by an alias cannot share a cluster IP.
 */
import { yamlOf } from '../yaml.js';

/** More values than Kubernetes objects have; aliases of aliases can expand to more than fits into memory. */
const MAX_VALUES = 1_000_000;

/** `values` as YAML documents; undefined when they are too large or cyclic. */
export function expanded(values: readonly unknown[]): string | undefined {
  if (!isBounded(values)) return undefined;
  return values.map((value) => yamlOf(value, { indentSeq: true })).join('---\n');
}

/** Whether `values` are small enough after their aliases are expanded. */
export function isBounded(values: readonly unknown[]): boolean {
  const sizes = new Map<object, number>();
  return values.reduce<number>((sum, value) => sum + sizeOf(value, sizes, 0), 0) <= MAX_VALUES;
}

/** Kubernetes objects are about 10 deep; functions on values and tokens recurse at each level. */
const MAX_DEPTH = 500;

/** The number of values in a value, aliases expanded; infinite when it is cyclic or too deep. */
function sizeOf(value: unknown, sizes: Map<object, number>, depth: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  sizes.set(value, Number.POSITIVE_INFINITY);
  if (depth > MAX_DEPTH) return Number.POSITIVE_INFINITY;
  const size = Object.values(value).reduce<number>((sum, each) => sum + sizeOf(each, sizes, depth + 1), 1);
  sizes.set(value, size);
  return size;
}

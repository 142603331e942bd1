/**
 * cli: the values of `--cluster` → the clusters, their location, and the paths of each.
 */
import type { Named } from '../clusters/clusters.js';
import { show } from '../diag.js';
import { DNS1123_LABEL } from '../read/names.js';
import type { Parsed } from '../read/values.js';

/** A cluster as `--cluster` flags describe it, before it is read. */
export interface ClusterInput extends Named {
  readonly paths: readonly string[];
}

/**
 * `east=PATH`, `east=PATH,region=R,zone=Z`: everything but these two endings is the path, which may contain `=` and
 * `,`.
 */
export function parseClusterFlag(text: string): Parsed<ClusterInput> {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals));
  if (equals < 0 || !DNS1123_LABEL.matches(name)) return { problem: `${FORM}, is ${show(text)}` };
  let path = text.slice(equals + 1);
  const place: { region?: string; zone?: string } = {};
  for (;;) {
    const [ending, key, value = ''] = /,(region|zone)=([^,]*)$/.exec(path) ?? [];
    if (ending === undefined) break;
    if (key !== 'region' && key !== 'zone') break;
    if (place[key] !== undefined) return { problem: `gives ${key} twice: ${show(text)}` };
    if (!DNS1123_LABEL.matches(value)) return { problem: `has a ${key} that is no DNS label: ${show(value)}` };
    place[key] = value;
    path = path.slice(0, -ending.length);
  }
  return path === ''
    ? { problem: `${FORM}, has no path: ${show(text)}` }
    : { value: { name, paths: [path], ...place } };
}

const FORM = 'must be NAME=PATH or NAME=PATH,region=REGION,zone=ZONE, where NAME is a DNS label';

/** Every cluster once, in the order of the flags; a repeated name adds its path. */
export function gathered(flags: readonly ClusterInput[]): Parsed<readonly ClusterInput[]> {
  const clusters = new Map<string, ClusterInput>();
  for (const flag of flags) {
    const before = clusters.get(flag.name);
    for (const key of ['region', 'zone'] as const) {
      const [a, b] = [before?.[key], flag[key]];
      if (a !== undefined && b !== undefined && a !== b) {
        return { problem: `gives ${flag.name} two ${key}s, ${a} and ${b}` };
      }
    }
    clusters.set(flag.name, { ...before, ...flag, paths: [...(before?.paths ?? []), ...flag.paths] });
  }
  return { value: [...clusters.values()] };
}

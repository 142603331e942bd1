/**
 * write, part: a Service before and after allocation → the fields to write. Only the fields listed here are ever
 * written.
 */
import { formatPath, type Key } from '../diag.js';
import { isMapping } from '../read/check.js';
import { type Service, SYNTHETIC_ANNOTATION } from '../read/types.js';

/** A field to set in the mapping at `path`. */
export interface Field {
  readonly path: readonly Key[];
  readonly key: string;
  readonly value: FieldValue;
  /** The text of the comment after the value. */
  readonly mark: string;
  /** The field after which this one is written; by default it comes first. */
  readonly after?: string;
}

export type FieldValue = string | number | readonly string[] | Readonly<Record<string, string>>;

/**
 * The fields of `after` that `before` lacks. A single address needs no ipFamilies; two addresses need a policy that
 * allows them.
 */
export function missingFields(before: Service, after: Service): readonly Field[] {
  const [old, now] = [before.spec, after.spec];
  const fields: Field[] = [];
  const add = (key: string, value: FieldValue, mark = MARK) => fields.push({ path: ['spec'], key, value, mark });
  const [first] = now.clusterIPs;
  const isMade = (ip: string) => after.allocated?.clusterIPs.includes(ip) === true;
  if (old.clusterIPs.length === 0 && first !== undefined) add('clusterIP', first, isMade(first) ? MARK : REAL);
  if (old.clusterIPs.length < now.clusterIPs.length && now.clusterIPs.length > 1) {
    const made = now.clusterIPs.filter(isMade);
    const mark = made.length > 0 ? `${MARK}: ${made.join(', ')}` : REAL;
    add('clusterIPs', now.clusterIPs, made.length === now.clusterIPs.length ? MARK : mark);
    if (old.ipFamilies.length < now.ipFamilies.length) add('ipFamilies', now.ipFamilies);
    if (old.ipFamilyPolicy === undefined && now.ipFamilyPolicy !== undefined) add('ipFamilyPolicy', now.ipFamilyPolicy);
  }
  if (old.healthCheckNodePort !== now.healthCheckNodePort) add('healthCheckNodePort', now.healthCheckNodePort);
  for (const [i, { nodePort }] of now.ports.entries()) {
    if (old.ports[i]?.nodePort === nodePort) continue;
    fields.push({ path: ['spec', 'ports', i], key: 'nodePort', value: nodePort, mark: MARK, after: 'port' });
  }
  return fields;
}

const MARK = 'synthetic';

/** The mark of a value that an IPAddress object has. */
const REAL = 'as in the cluster';

/** `fields`, and the annotation that lists them, for a text without comments. */
export function withAnnotation(fields: readonly Field[], object: unknown): readonly Field[] {
  const metadata = isMapping(object) && isMapping(object['metadata']) ? object['metadata'] : {};
  const annotations = isMapping(metadata['annotations']) ? metadata['annotations'] : undefined;
  const had = annotations?.[SYNTHETIC_ANNOTATION];
  const known = typeof had === 'string' ? had.split(' ').filter((word) => word !== '') : [];
  const made = fields.filter(({ mark }) => mark !== REAL).map(({ path, key }) => formatPath([...path, key]));
  if (made.length === 0) return fields;
  const value = [...new Set([...known, ...made])].join(' ');
  return [
    ...fields,
    annotations
      ? { path: ['metadata', 'annotations'], key: SYNTHETIC_ANNOTATION, value, mark: MARK }
      : { path: ['metadata'], key: 'annotations', value: { [SYNTHETIC_ANNOTATION]: value }, mark: MARK },
  ];
}

/** A copy of an object's value with `fields` set; unchanged parts are shared with the old value. */
export function withFields(object: unknown, fields: readonly Field[]): unknown {
  return fields.reduce<unknown>((value, { path, key, value: to }) => setIn(value, [...path, key], to), object);
}

function setIn(value: unknown, path: readonly Key[], to: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? setIn(item, rest, to) : item));
  const old = isMapping(value) ? value : {};
  return { ...old, [key]: setIn(old[key], rest, to) };
}

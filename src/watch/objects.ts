/**
 * Objects: the objects that the API server sends, checked, and without the fields that decide no rule.
 */
import { ApiError } from './request.js';

/** An object of the API. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: Fields;
  readonly [field: string]: unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The error of an answer that makes no sense. */
export function nonsense(message: string): ApiError {
  return new ApiError(message, 200);
}

/** JSON text as an object with its kind and metadata; throws an ApiError for anything else. */
export function parseObject(text: string): ApiObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw nonsense(`the server sent no JSON: ${text.slice(0, 80)}`);
  }
  return checkObject(value);
}

/** The same for a value. `kind` stands in where an object of a list does not say its own. */
export function checkObject(value: unknown, kind?: string): ApiObject {
  if (isFields(value) && typeof (value.kind ?? kind) === 'string' && isFields(value.metadata))
    return value as ApiObject;
  throw nonsense(`the server sent no object: ${JSON.stringify(value)?.slice(0, 80)}`);
}

/** The namespace and name of an object; throws an ApiError when it has no name. */
export function keyOf({ kind, metadata }: ApiObject): string {
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || name === '') throw nonsense(`the server sent a ${kind} without a name`);
  return typeof namespace === 'string' ? `${namespace}/${name}` : name;
}

/** The version of an object, empty when it has none. */
export function versionIn({ metadata: { resourceVersion } }: ApiObject): string {
  return typeof resourceVersion === 'string' ? resourceVersion : '';
}

/** The version to watch from after `object`; throws an ApiError when it has none. 0 would mean any version. */
export function versionOf(object: ApiObject): string {
  const version = versionIn(object);
  if (!['', '0'].includes(version)) return version;
  throw nonsense(`the server sent a ${object.kind} without its resourceVersion`);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The annotation of kubectl apply, a copy of the whole object. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without fields that are large and decide no rule. */
export function strip(object: ApiObject): ApiObject {
  const metadata = without(object.metadata, 'managedFields');
  const { annotations } = metadata;
  const light = isFields(annotations) ? { ...metadata, annotations: without(annotations, LAST_APPLIED) } : metadata;
  return { ...object, metadata: light, ...STRIP[object.kind]?.(object) };
}

/** The fields of each kind that are replaced by less. */
const STRIP: Readonly<Record<string, (object: ApiObject) => Fields>> = {
  EndpointSlice: ({ endpoints }) =>
    Array.isArray(endpoints)
      ? { endpoints: endpoints.map((endpoint) => (isFields(endpoint) ? without(endpoint, 'targetRef') : endpoint)) }
      : {},
  // The images on a node and its conditions are most of it, and the conditions change every few minutes.
  Node: ({ status }) => (isFields(status) ? { status: { addresses: status.addresses } } : {}),
};

function without(fields: Fields, name: string): Fields {
  if (!(name in fields)) return fields;
  const { [name]: _, ...rest } = fields;
  return rest;
}

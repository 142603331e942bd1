/**
 * ObjectMeta, and the small checks that several kinds share. Rules: ValidateObjectMeta in apimachinery's
 * api/validation.
 */
import { show } from '../../diag.js';
import { parseCidr, parseIp, specialUse } from '../../ip.js';
import {
  also,
  type Check,
  type Cursor,
  convert,
  fail,
  isMapping,
  map,
  matching,
  oneOf,
  type Rule,
  refuse,
  ruled,
  text,
} from '../check.js';
import { DNS1123_LABEL, LABEL_VALUE, QUALIFIED_NAME } from '../names.js';
import { type Field, ignored, object, optional, required, withDefault } from '../object.js';
import type { ObjectMeta, Protocol } from '../types.js';

export const NO_STRINGS: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** TotalAnnotationSizeLimitB. */
const MAX_ANNOTATIONS = 256 * 1024;

export const labels: Check<Readonly<Record<string, string>>> = map(QUALIFIED_NAME, matching(LABEL_VALUE));

/**
 * The API lower-cases annotation keys before it checks them. Values may be any text; only their total size is limited.
 */
export const strings = also(
  map({ ...QUALIFIED_NAME, matches: (key) => QUALIFIED_NAME.matches(key.toLowerCase()) }, text),
  (value, at) => {
    let size = 0;
    for (const key of Object.keys(value)) size += Buffer.byteLength(key) + Buffer.byteLength(value[key] ?? '');
    if (size > MAX_ANNOTATIONS) fail(at, `must have at most ${MAX_ANNOTATIONS} bytes, has ${size}`);
  },
);

/** Annotations that no rule depends on: checked and not kept. */
const unreadAnnotations = convert(strings, () => NO_STRINGS);

/** Metadata of a namespaced kind, or of one without namespaces. `annotated`: vipc reads annotations of this kind. */
export function metadata(name: Rule, { namespaced = true, annotated = false } = {}): Field<ObjectMeta, 'required'> {
  const namespace: Field<string, 'default'> = namespaced
    ? withDefault(emptyIsAbsent(matching(DNS1123_LABEL), 'default'), 'default')
    : withDefault(
        convert(text, () => ''),
        '',
      );
  const fields = object({
    name: optional(emptyIsAbsent(matching(name), '')),
    generateName: optional(text),
    namespace,
    labels: withDefault(labels, NO_STRINGS),
    annotations: withDefault(annotated ? strings : unreadAnnotations, NO_STRINGS),
  });
  return required(
    convert(fields, ({ name, generateName, ...rest }, at) => {
      if (name) return { name, ...rest };
      const hint = 'generateName is filled in by the API server only: give a name';
      return fail(at, 'needs the field name', { code: 'missing-field', ...(generateName ? { hint } : {}) });
    }),
  );
}

/** `check`, for a field where the API treats an empty string as absent: then the result is `value`. */
export function emptyIsAbsent<T>(check: Check<T>, value: T): Check<T> {
  return (given, at) => (given === '' ? value : check(given, at));
}

export const protocol: Field<Protocol, 'default'> = withDefault(oneOf(['TCP', 'UDP', 'SCTP'], 'TCP'), 'TCP');

/** For pointer fields: an API server defaults them only when absent, so an empty text is an invalid protocol. */
export const pointedProtocol: Field<Protocol, 'default'> = withDefault(oneOf(['TCP', 'UDP', 'SCTP']), 'TCP');

/** Checked but not kept: no rule depends on it. */
export const appProtocol = ignored(ruled(text, QUALIFIED_NAME.allowed, QUALIFIED_NAME.matches));

/** An IP address, canonical. */
export function ipAddress(value: unknown, at: Cursor): string | undefined {
  if (typeof value !== 'string') return text(value, at);
  const ip = parseIp(value);
  return ip ? ip.text : fail(at, `must be an IP address, is ${show(value)}`);
}

/** An IP address that another machine can have (ValidateNonSpecialIP). */
export function ordinaryIp(value: unknown, at: Cursor): string | undefined {
  if (typeof value !== 'string') return text(value, at);
  const ip = parseIp(value);
  if (!ip) return fail(at, `must be an IP address, is ${show(value)}`);
  const use = specialUse(ip);
  return use === undefined ? ip.text : fail(at, `must be an ordinary address, ${ip.text} is ${use}`);
}

/** A network, canonical; the API accepts blanks around it. */
export function cidr(value: unknown, at: Cursor): string | undefined {
  if (typeof value !== 'string') return text(value, at);
  const parsed = parseCidr(value.trim());
  if (parsed) return parsed.text;
  const hint = parseIp(value.trim()) ? 'an address alone needs its prefix length: /32, or /128 for IPv6' : undefined;
  return fail(at, `must be a network such as 10.0.0.0/8, is ${show(value)}`, hint === undefined ? {} : { hint });
}

/**
 * The values of an old field for one value and its successor for several, as an API server combines them: when the
 * first of several differs from the old field, only the old field counts (k/k pkg/apis/core/v1/conversion.go).
 */
export function eitherOf(one: string, several: readonly string[]): readonly string[] {
  return one === '' || one === several[0] ? several : [one];
}

/** Reports two values of one address family. */
export function oneOfEachFamily(values: readonly string[], at: Cursor, key: string): void {
  const families = new Set(values.map((value) => value.includes(':')));
  if (families.size < values.length) refuse(at, 'must be at most one of each family, IPv4 and IPv6', { key });
}

/** Reports the second and later of equal values; `keyOf` returns undefined for values that may repeat. */
export function unique<T>(
  values: readonly T[],
  keyOf: (value: T) => string | undefined,
  what: (value: T) => string,
  at: Cursor,
  complain: typeof refuse = fail,
): void {
  const first = new Map<string, number>();
  for (const [i, value] of values.entries()) {
    const key = keyOf(value);
    if (key === undefined) continue;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, i);
    else complain(at, `repeats ${what(value)} of entry ${earlier}`, { code: 'duplicate-value', key: i });
  }
}

/** A metadata field that only an API server sets; undefined when absent. */
export function serverSet(value: unknown, field: 'creationTimestamp' | 'deletionTimestamp'): string | undefined {
  const metadata = isMapping(value) ? value['metadata'] : undefined;
  const set = isMapping(metadata) ? metadata[field] : undefined;
  return typeof set === 'string' && set !== '' ? set : undefined;
}

/** `created` from metadata.creationTimestamp, if the API server has set it. */
export function createdAt(value: unknown): { readonly created?: string } {
  const created = serverSet(value, 'creationTimestamp');
  return created === undefined ? {} : { created };
}

/** Annotations that make an object a hook: it runs once during a release and is not part of the released objects. */
const HOOKS = ['helm.sh/hook', 'argocd.argoproj.io/hook'];

/**
 * `helm.sh/hook: test`, when the object is a hook. From the raw value, because the annotations of Pods are not kept.
 */
export function hookOf(value: unknown): string | undefined {
  const metadata = isMapping(value) ? value['metadata'] : undefined;
  const annotations = isMapping(metadata) ? metadata['annotations'] : undefined;
  if (!isMapping(annotations)) return undefined;
  const key = HOOKS.find((hook) => typeof annotations[hook] === 'string' && annotations[hook] !== '');
  return key === undefined ? undefined : `${key}: ${String(annotations[key]).slice(0, MAX_HOOK)}`;
}

/** Real hooks are shorter, but the annotation may be any text. */
const MAX_HOOK = 60;

/**
 * ObjectMeta, and the small checks that several kinds share. Rules: ValidateObjectMeta in apimachinery's api/validation.
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

/** Annotation keys are lower-cased before the API looks at them; values are free, their total is not. */
export const strings = also(
  map({ ...QUALIFIED_NAME, matches: (key) => QUALIFIED_NAME.matches(key.toLowerCase()) }, text),
  (value, at) => {
    let size = 0;
    for (const key of Object.keys(value)) size += Buffer.byteLength(key) + Buffer.byteLength(value[key] ?? '');
    if (size > MAX_ANNOTATIONS) fail(at, `must have at most ${MAX_ANNOTATIONS} bytes, has ${size}`);
  },
);

/** Annotations that no rule depends on: checked, and not kept. */
const unreadAnnotations = convert(strings, () => NO_STRINGS);

/** Metadata of a namespaced kind, or of one that has no namespaces. `annotated`: its annotations mean something here. */
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

/** An empty string where the API treats it like an absent field. */
export function emptyIsAbsent<T>(check: Check<T>, value: T): Check<T> {
  return (given, at) => (given === '' ? value : check(given, at));
}

export const protocol: Field<Protocol, 'default'> = withDefault(oneOf(['TCP', 'UDP', 'SCTP'], 'TCP'), 'TCP');

/** An API server defaults what is absent only, where the field is a pointer: an empty text is none of the protocols. */
export const pointedProtocol: Field<Protocol, 'default'> = withDefault(oneOf(['TCP', 'UDP', 'SCTP']), 'TCP');

/** Checked where it is given; no rule depends on it. */
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
 * What an API server makes of a field for one value and its successor for several: where the first of these is another,
 * the old field counts alone (k/k pkg/apis/core/v1/conversion.go).
 */
export function eitherOf(one: string, several: readonly string[]): readonly string[] {
  return one === '' || one === several[0] ? several : [one];
}

/** Reports values that are not at most one of each family. */
export function oneOfEachFamily(values: readonly string[], at: Cursor, key: string): void {
  const families = new Set(values.map((value) => value.includes(':')));
  if (families.size < values.length) refuse(at, 'must be at most one of each family, IPv4 and IPv6', { key });
}

/** Reports the second and later of equal values; `keyOf` gives undefined for what may repeat. */
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

/** The text of a field of metadata that only an API server sets. */
export function serverSet(value: unknown, field: 'creationTimestamp' | 'deletionTimestamp'): string | undefined {
  const metadata = isMapping(value) ? value['metadata'] : undefined;
  const set = isMapping(metadata) ? metadata[field] : undefined;
  return typeof set === 'string' && set !== '' ? set : undefined;
}

/** `created`, where the API server set metadata.creationTimestamp. */
export function createdAt(value: unknown): { readonly created?: string } {
  const created = serverSet(value, 'creationTimestamp');
  return created === undefined ? {} : { created };
}

/** Annotations that make an object a hook: it runs at some moment of a release and is no part of what is released. */
const HOOKS = ['helm.sh/hook', 'argocd.argoproj.io/hook'];

/** `helm.sh/hook: test`, when the object is a hook. Raw, for of a hundred thousand Pods nobody reads the annotations. */
export function hookOf(value: unknown): string | undefined {
  const metadata = isMapping(value) ? value['metadata'] : undefined;
  const annotations = isMapping(metadata) ? metadata['annotations'] : undefined;
  if (!isMapping(annotations)) return undefined;
  const key = HOOKS.find((hook) => typeof annotations[hook] === 'string' && annotations[hook] !== '');
  return key === undefined ? undefined : `${key}: ${String(annotations[key]).slice(0, MAX_HOOK)}`;
}

/** There are no longer ones; the text is free. */
const MAX_HOOK = 60;

/**
 * Diagnostics: what every phase returns beside its value. Nothing throws on bad input.
 *
 * An Origin tells where a value was written. It is a reference (source, document, path), not a position: line and
 * column cost a second parse of the text, so read/locate.ts finds them only when a diagnostic is printed.
 */

import { escapedJson } from './printable.js';

/** One step of a path into an object: a field name or a list index. */
export type Key = string | number;

/** An input text under the name that users know: a path, `<stdin>`, or `a.yaml: ConfigMap …` when embedded. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** Set when this text is a string inside another source, as kube-proxy's configuration in its ConfigMap. */
  readonly embedded?: Origin;
  /** Set for the answer of an API server: messages name its objects, because users never see its lines. */
  readonly api?: true;
  /** The namespace of namespaced objects that name none; absent means `default`. */
  readonly namespace?: string;
}

/** Where a value was written: `path` inside the object at `base` in a document of a source. */
export interface Origin {
  readonly source: Source;
  /** Index of the YAML document in the source, from 0. */
  readonly document: number;
  /** Path from the document's root to the object: empty, or `items, N` inside a List. */
  readonly base: readonly Key[];
  /**
   * The offsets of the object's text, when it was parsed by itself; then it can be located by parsing only that text.
   */
  readonly span?: { readonly start: number; readonly end: number } | undefined;
  /** `Service default/web`; absent while the object has no usable name. */
  readonly object?: string;
  /** Path inside the object; empty means the object itself. */
  readonly path: readonly Key[];
  /** Character offset in the text, when a parser reported one; it wins over the path. */
  readonly offset?: number;
  /** The origin is the key, not its value; for unknown fields. */
  readonly atKey?: boolean;
}

/** `note` is shown with -v only. */
export type Severity = 'error' | 'warning' | 'note';

/** A message about the input. */
export interface Diagnostic {
  /** Stable identifier in kebab-case, such as `invalid-field`. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence: the value that was found and what is allowed. */
  readonly message: string;
  readonly origin?: Origin;
  /** A related second place, such as the other claimant of an address. */
  readonly related?: { readonly message: string; readonly origin: Origin };
  /** How to fix it. */
  readonly hint?: string;
  /** The message is about a value that is not in the input but synthetic. */
  readonly synthetic?: true;
}

/** The result of a phase. The value is always present, made of all valid input. */
export interface Checked<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether any of `diagnostics` is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** An error becomes a warning, for an object that is left out. */
export function asWarning(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.severity === 'error' ? { ...diagnostic, severity: 'warning' } : diagnostic;
}

/** `spec.ports[0].port`: a path as the API server writes it; a long one is cut in the middle. */
export function formatPath(path: readonly Key[]): string {
  const text = path
    .map((key, i) => {
      if (typeof key === 'number') return `[${key}]`;
      if (key.length > SHOWN || /[^A-Za-z0-9_-]/.test(key)) return `[${show(key)}]`;
      return i === 0 ? key : `.${key}`;
    })
    .join('');
  return middleCut(text, SHOWN_PATH);
}

/** The length at which messages cut values; hostile input can be megabytes. */
const SHOWN = 60;
const SHOWN_PATH = 160;

/** `text` without its middle when it is too long: similar names often differ only at the end. */
function middleCut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = Math.floor(max / 3);
  return `${text.slice(0, max - end)}…${text.slice(-end)}`;
}

/** A file name for messages, long enough to be copied. */
export function showPath(path: string): string {
  return escapedJson(JSON.stringify(middleCut(path, SHOWN_PATH)));
}

/** A value for messages: JSON, cut to a readable length, without control characters; `a list`, `a mapping`. */
export function show(value: unknown): string {
  // Aliases can make objects cyclic, or larger than memory when written out.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(middleCut(value, SHOWN)) : String(value);
  const safe = escapedJson(text);
  return typeof value === 'string' && value.length > SHOWN ? `${safe} (${value.length} characters)` : safe;
}

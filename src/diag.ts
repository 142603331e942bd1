/**
 * Diagnostics: what every phase returns beside its value. Nothing throws on bad input.
 *
 * An Origin says where a value was written. It is a reference (source, document, path), not a position: line and column
 * cost a second parse of the text, so they are found only when somebody asks (read/locate.ts).
 */

import { escapedJson } from './printable.js';

/** One step of a path into an object: a field name or a list index. */
export type Key = string | number;

/** A text that was read, under the name the user knows it by: a path, `<stdin>`, or `a.yaml: ConfigMap …` when embedded. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** Set when this text was itself a string inside another source, as kube-proxy's config is inside its ConfigMap. */
  readonly embedded?: Origin;
  /** Set when this text is an API server's answer: its objects have names to be found by, its lines mean nothing. */
  readonly api?: true;
  /** What namespaced objects that say no namespace belong to; absent means `default`. */
  readonly namespace?: string;
}

/** Where a value was written: `path` inside the object that stands at `base` in a document of a source. */
export interface Origin {
  readonly source: Source;
  /** Index of the YAML document in the source, from 0. */
  readonly document: number;
  /** Path from the document's root to the object: empty, or `items, N` inside a List. */
  readonly base: readonly Key[];
  /** Offsets of the object's text when it was read by itself; then it can be looked at by itself again. */
  readonly span?: { readonly start: number; readonly end: number } | undefined;
  /** `Service default/web`; absent while the object has no usable name. */
  readonly object?: string;
  /** Path inside the object; empty means the object itself. */
  readonly path: readonly Key[];
  /** Character offset in the text, when a parser reported one; it wins over the path. */
  readonly offset?: number;
  /** The key is meant, not its value: unknown fields. */
  readonly atKey?: boolean;
}

/** `note` is shown with -v only. */
export type Severity = 'error' | 'warning' | 'note';

/** Something to say of the input. */
export interface Diagnostic {
  /** Stable identifier in kebab-case, such as `invalid-field`. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence: the value that was found and what is allowed. */
  readonly message: string;
  readonly origin?: Origin;
  /** A second place that has to do with it, such as the other claimant of an address. */
  readonly related?: { readonly message: string; readonly origin: Origin };
  /** What to do about it. */
  readonly hint?: string;
  /** It says that something is not in the input but made up. */
  readonly synthetic?: true;
}

/** A phase's result. A value is always there, made of all that was sound. */
export interface Checked<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether any of `diagnostics` is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** An error as it is said of something that is left out. */
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

/** The longest piece of a value that a message repeats; hostile input can be megabytes. */
const SHOWN = 60;
const SHOWN_PATH = 160;

/** `text` without its middle when it is too long: a name is told by its beginning, and by its end from the next one. */
function middleCut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = Math.floor(max / 3);
  return `${text.slice(0, max - end)}…${text.slice(-end)}`;
}

/** The name of a file as a message shows it, so long that it can be copied from there. */
export function showPath(path: string): string {
  return escapedJson(JSON.stringify(middleCut(path, SHOWN_PATH)));
}

/** A value as a message shows it: JSON, cut to a readable length, without control characters; lists and mappings by kind. */
export function show(value: unknown): string {
  // Aliases can make objects circular, or larger than memory once written out.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(middleCut(value, SHOWN)) : String(value);
  const safe = escapedJson(text);
  return typeof value === 'string' && value.length > SHOWN ? `${safe} (${value.length} characters)` : safe;
}

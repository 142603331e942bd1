/**
 * Text is the output of every printer: lines with their origin, so that a tool's "error at line 7" leads back to a
 * Service. It is streamed, because a large cluster's rules are tens of megabytes.
 */
import type { Origin } from './diag.js';
import type { Owner } from './owner.js';

/** One line without its newline. */
export interface Line {
  readonly text: string;
  readonly origin?: Origin | undefined;
  /** The ServicePort that the line belongs to. */
  readonly owner?: Owner | undefined;
}

/** Lines; each iteration generates them again. */
export type Text = Iterable<Line>;

/**
 * Lines that are reviewed together: the rules of one chain; in a chain that Services share, the rules of one Service.
 */
export interface Section {
  /** `nat KUBE-SVC-…` */
  readonly title: string;
  /** `default/web:http`; absent for lines that belong to no Service. */
  readonly service?: string;
  readonly lines: readonly string[];
}

/** `texts`, one after the other. */
export function joined(texts: readonly Text[]): Text {
  const [only = [], another] = texts;
  if (!another) return only;
  return {
    *[Symbol.iterator]() {
      for (const text of texts) yield* text;
    },
  };
}

/** A parser of sections for texts with only one section. */
export function wholeText(title: string): (text: string) => readonly Section[] {
  return (text) => [{ title, lines: text.trimEnd().split('\n') }];
}

/** The size in characters from which a chunk is written. */
const CHUNK = 1 << 16;

/** The text in pieces of about 64 KiB, each ending with a newline. */
export function* chunks(text: Text): Generator<string> {
  let chunk = '';
  for (const line of text) {
    chunk += line.text;
    chunk += '\n';
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

/** The whole text as one string. */
export function render(text: Text): string {
  return [...chunks(text)].join('');
}

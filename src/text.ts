/**
 * Text is the output of every printer: lines that know where they come from, so that a tool's "error at line 7" can be
 * led back to a Service, and streamed, because a large cluster's rules are tens of megabytes.
 */
import type { Origin } from './diag.js';
import type { Owner } from './owner.js';

/** One line without its newline. */
export interface Line {
  readonly text: string;
  readonly origin?: Origin | undefined;
  /** Whose it is. */
  readonly owner?: Owner | undefined;
}

/** Lines; each iteration makes them anew. */
export type Text = Iterable<Line>;

/**
 * Some lines of a text that a reviewer looks at together: the rules of one chain, and in a chain that Services share
 * those of one Service.
 */
export interface Section {
  /** `nat KUBE-SVC-…` */
  readonly title: string;
  /** `default/web:http`; absent for what belongs to no Service. */
  readonly service?: string;
  readonly lines: readonly string[];
}

/** `texts`, one after the other. */
export function joined(texts: readonly Text[]): Text {
  return {
    *[Symbol.iterator]() {
      for (const text of texts) yield* text;
    },
  };
}

/** Sections of a text that has no inner borders: all of it. */
export function wholeText(title: string): (text: string) => readonly Section[] {
  return (text) => [{ title, lines: text.trimEnd().split('\n') }];
}

/** A chunk is written when it has grown past this many characters. */
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

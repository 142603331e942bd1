/**
 * lint, part: `# vipc-ignore: CODE[, CODE]` in the text of the input. In: findings, and the sources. Out: the findings
 * that are not ignored, and a note for each code in a comment that ignores nothing.
 *
 *     nodePort: 40080 # vipc-ignore: node-port-ephemeral       ignores findings of this line
 *     # vipc-ignore: node-port-ephemeral                       alone on its line: those of the next line
 *     apiVersion: v1                                           and of a whole object, if it begins on that next line
 */
import type { Diagnostic, Source } from '../diag.js';
import { nearest } from '../near.js';
import { locate } from '../read/locate.js';
import { lineOf, lineStarts, positionsOf } from '../read/positions.js';

/** One code of a comment, and the line that it applies to. */
interface Ignore {
  readonly code: string;
  readonly source: Source;
  /** The position of the code in the text. */
  readonly offset: number;
  readonly line: number;
  /** The comment is alone on its line, so it can apply to a whole object. */
  readonly alone: boolean;
}

/** Drops ignored findings, and adds `unused-ignore` notes. Errors cannot be ignored. */
export function withoutIgnored(
  findings: readonly Diagnostic[],
  sources: readonly Source[],
  codes: readonly string[],
): readonly Diagnostic[] {
  const ignores = sources.flatMap(ignoresIn);
  if (ignores.length === 0) return findings;
  const byPlace = new Map<string, Ignore[]>();
  for (const ignore of ignores) {
    const key = placeKey(ignore.source.name, ignore.line, ignore.code);
    byPlace.set(key, [...(byPlace.get(key) ?? []), ignore]);
  }
  const used = new Set<Ignore>();
  const left = findings.filter((finding) => {
    if (finding.severity === 'error') return true;
    const its = ignoresOf(finding, byPlace);
    for (const ignore of its) used.add(ignore);
    return its.length === 0;
  });
  return [...left, ...ignores.filter((ignore) => !used.has(ignore)).map((ignore) => unused(ignore, codes))];
}

function placeKey(file: string, line: number, code: string): string {
  return `${line} ${code} ${file}`;
}

function ignoresOf({ code, origin }: Diagnostic, byPlace: ReadonlyMap<string, readonly Ignore[]>): readonly Ignore[] {
  if (!origin || origin.source.api) return [];
  const { offset: _, atKey: __, ...rest } = origin;
  const [here, start] = [locate(origin), locate({ ...rest, path: [] })];
  const ofLine = byPlace.get(placeKey(here.file, here.line, code)) ?? [];
  const ofObject = byPlace.get(placeKey(start.file, start.line, code)) ?? [];
  return [...ofLine, ...ofObject.filter(({ alone }) => alone)];
}

const COMMENT = /#[ \t]*vipc-ignore:[ \t]*([a-z0-9-]+(?:[ \t]*,[ \t]*[a-z0-9-]+)*)/g;

function ignoresIn(source: Source): readonly Ignore[] {
  if (source.api || !source.text.includes('vipc-ignore:')) return [];
  const { text } = source;
  const lines = lineStarts(text);
  const isInScalar = scalarsOf(text);
  return [...text.matchAll(COMMENT)].flatMap(({ index, 0: all, 1: list = '' }): readonly Ignore[] => {
    const { line } = lineOf(lines, index);
    const before = text.slice(lines[line - 1] ?? 0, index);
    // In YAML, # begins a comment only after white space or at the beginning of a line.
    if (/\S$/.test(before) || isInScalar(index)) return [];
    const alone = before.trim() === '';
    const start = index + all.length - list.length;
    return [...list.matchAll(/[a-z0-9-]+/g)].map(({ index: at, 0: code }) => {
      return { code, source, offset: start + at, line: alone ? nextLine(text, lines, line) : line, alone };
    });
  });
}

/** The next line with content; skips blank lines, comments and the document separator `---`. */
function nextLine(text: string, lines: readonly number[], from: number): number {
  for (let line = from + 1; line <= lines.length; line++) {
    const content = text.slice(lines[line - 1] ?? 0, lines[line] ?? text.length).trim();
    if (content !== '' && !content.startsWith('#') && !/^---(?:\s|$)/.test(content)) return line;
  }
  return from;
}

/** Whether an offset is inside a YAML scalar, such as a script in a ConfigMap, where # is no comment. */
function scalarsOf(text: string): (offset: number) => boolean {
  const { starts, ends } = positionsOf(text);
  const spans: (readonly [number, number])[] = [];
  for (const [i, start] of starts.entries()) {
    const end = ends[i] ?? 0;
    if (start >= 0 && end > start) spans.push([start, end]);
  }
  return (offset) => {
    let [low, high] = [0, spans.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((spans[middle]?.[0] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const [start, end] = spans[low] ?? [0, 0];
    return start <= offset && offset < end;
  };
}

function unused({ code, source, offset }: Ignore, codes: readonly string[]): Diagnostic {
  const known = codes.includes(code);
  const near = known ? undefined : nearest(code, codes);
  return {
    code: 'unused-ignore',
    severity: 'note',
    message: known ? `nothing of ${code} is found here` : `vipc knows no code ${code}`,
    origin: { source, document: 0, base: [], path: [], offset },
    hint: near === undefined ? 'take it away' : `did you mean ${near}?`,
  };
}

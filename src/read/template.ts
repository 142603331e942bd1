/**
 * read, part: templates that were not rendered. They look like manifests, and the parser's error misses the real cause.
 * In: a text or a value. Out: the offset of a template, and a hint.
 */

/** Helm and other Go templates, Jinja; ERB. */
const MARK = /\{\{|\{%|<%/;

/** A line where a template replaces a value, a list entry or whole lines. */
const BARE = /^[ \t]*(?:- +)*(?:[^\s'"#{][^:'"#\n]*:[ \t]+)?(?=\{\{|\{%|<%)/gm;

/** `${VAR}` and `$(VAR)`, which envsubst and others replace. */
const VARIABLE = /\$\{[^}]*\}|\$\(\w+\)|^\$[A-Z_]\w*$/;

export const NOT_RENDERED = 'this is a template that was not rendered';

/**
 * The offset in `text` of the template that causes an error at `offset`: one on the same line, else the first unquoted
 * one before it; undefined when there is none.
 */
export function templateBefore(text: string, offset: number): number | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const here = MARK.exec(text.slice(start, end < 0 ? text.length : end));
  if (here) return start + here.index;
  const [bare] = text.slice(0, offset).matchAll(BARE);
  return bare && bare.index + bare[0].length;
}

/** How to render the template in `text`; undefined when there is none. */
export function templateHint(text: string): string | undefined {
  const mark = MARK.exec(text)?.[0];
  if (mark === '{{') return 'render it first, a Helm chart with: helm template DIR | vipc …';
  if (mark !== undefined) return 'render it first, and let vipc read what comes out';
  return VARIABLE.test(text) ? 'a variable that was not replaced: replace it first, such as with envsubst' : undefined;
}

/**
 * The syntax tree of a source file, as swc parses it: comments and strings hold no code, and a name that the file binds
 * itself is no global.
 */
import { parseSync } from '@swc/core';

/** A node of the syntax tree. */
export interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Syntax {
  readonly root: SyntaxNode;
  /** The lines that a node is on, from 1. */
  readonly linesOf: (node: SyntaxNode) => { readonly first: number; readonly last: number };
}

/** swc counts from the first token, so a mark is put before everything else. */
const MARK = ';';

/** The syntax tree of the file at `path`, of TypeScript or JavaScript, with JSX in a .tsx. */
export function syntaxOf(path: string, text: string): Syntax {
  // A hashbang is only valid at the start, where the mark now is.
  const source = MARK + text.replace(/^#!.*/, '');
  const root = parseSync(source, { syntax: 'typescript', tsx: path.endsWith('x'), target: 'es2022' });
  const ends = endsOfLines(source);
  const line = (offset: number) => {
    const at = offset - root.span.start;
    const end = ends.findIndex((each) => each >= at);
    return (end < 0 ? ends.length : end) + 1;
  };
  const linesOf = (node: SyntaxNode) => {
    const span = node['span'] as { readonly start: number; readonly end: number };
    return { first: line(span.start), last: line(span.end) };
  };
  return { root: root as unknown as SyntaxNode, linesOf };
}

/** Where lines end, in bytes, as swc counts. */
function endsOfLines(source: string): readonly number[] {
  const bytes = Buffer.from(source);
  const ends: number[] = [];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) ends.push(at);
  return ends;
}

/** Calls `visit` for `root` and all nodes below it, top-down; `parents` are the nodes above, the nearest last. */
export function walk(root: SyntaxNode, visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void): void {
  const parents: SyntaxNode[] = [];
  const below = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const each of value) below(each);
      return;
    }
    const isNode = typeof (value as SyntaxNode).type === 'string';
    if (isNode) {
      visit(value as SyntaxNode, parents);
      parents.push(value as SyntaxNode);
    }
    for (const field in value) if (field !== 'span') below((value as SyntaxNode)[field]);
    if (isNode) parents.pop();
  };
  below(root);
}

/**
 * write, part: new tokens, and the tokens after a value. New tokens need no real offset or indent, because only their
 * text is used.
 */
import { type CST, Parser } from 'yaml';

export type Blank = CST.SourceToken;

/** Tokens of the given types and texts, without those with an empty text. */
export function tokens(...given: readonly (readonly [Blank['type'], string])[]): Blank[] {
  return given.filter(([, source]) => source !== '').map(([type, source]) => ({ type, source, offset: -1, indent: 0 }));
}

/** A comment after a value. */
export function comment(mark: string): Blank[] {
  return tokens(['space', ' '], ['comment', `# ${mark}`]);
}

/** The node of `text`, a scalar or a flow collection. */
export function nodeOf(text: string): CST.Token {
  const [document] = new Parser().parse(text);
  if (document?.type !== 'document' || !document.value) throw new Error(`no value: ${text}`);
  return document.value;
}

export function isBlank({ type }: Blank): boolean {
  return type === 'space' || type === 'newline' || type === 'comment';
}

/** `node` with the tokens `end` after it. */
export function ended(node: CST.Token, end: readonly Blank[]): CST.Token {
  if (node.type === 'flow-collection') node.end.push(...end);
  else if (isEnded(node)) node.end = [...(node.end ?? []), ...end];
  return node;
}

function isEnded(node: CST.Token): node is CST.FlowScalar {
  return /scalar$/.test(node.type) && node.type !== 'block-scalar';
}

/** Removes and returns the tokens after the first line end in `list`; undefined without a line end. */
export function afterLine(list: Blank[]): Blank[] | undefined {
  const end = list.findIndex(({ type }) => type === 'newline');
  return end < 0 ? undefined : list.splice(end + 1);
}

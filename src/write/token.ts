/**
 * write, part: new tokens, and the tokens behind a value. Tokens of one text need neither an offset nor an indent of their
 * own, for nothing but their text is asked of them.
 */
import { type CST, Parser } from 'yaml';

export type Blank = CST.SourceToken;

/** A token of `type`; none for no text. */
export function tokens(...given: readonly (readonly [Blank['type'], string])[]): Blank[] {
  return given.filter(([, source]) => source !== '').map(([type, source]) => ({ type, source, offset: -1, indent: 0 }));
}

/** A comment behind a value. */
export function comment(mark: string): Blank[] {
  return tokens(['space', ' '], ['comment', `# ${mark}`]);
}

/** The node that `text` is, which is a scalar or a flow collection. */
export function nodeOf(text: string): CST.Token {
  const [document] = new Parser().parse(text);
  if (document?.type !== 'document' || !document.value) throw new Error(`no value: ${text}`);
  return document.value;
}

export function isBlank({ type }: Blank): boolean {
  return type === 'space' || type === 'newline' || type === 'comment';
}

/** `node` with `end` behind it. */
export function ended(node: CST.Token, end: readonly Blank[]): CST.Token {
  if (node.type === 'flow-collection') node.end.push(...end);
  else if (isEnded(node)) node.end = [...(node.end ?? []), ...end];
  return node;
}

function isEnded(node: CST.Token): node is CST.FlowScalar {
  return /scalar$/.test(node.type) && node.type !== 'block-scalar';
}

/** Takes from the tokens in `list` what is behind its first line end; undefined when it has none. */
export function afterLine(list: Blank[]): Blank[] | undefined {
  const end = list.findIndex(({ type }) => type === 'newline');
  return end < 0 ? undefined : list.splice(end + 1);
}

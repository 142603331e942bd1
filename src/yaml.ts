/**
 * A value → YAML, for people and for parsers of YAML 1.1: a string that one of them might take for something else is in
 * double quotes. The one place that writes YAML with the `yaml` package; manifests are edited in write/.
 */
import { Document, Scalar, visit } from 'yaml';

export interface Layout {
  /** Whether the items of a list are to the right of its key. */
  readonly indentSeq: boolean;
  /** Which strings must be in double quotes, besides those that mean something else without. */
  readonly isQuoted?: (text: string) => boolean;
}

const OPTIONS = {
  lineWidth: 0,
  singleQuote: false,
  doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
  blockQuote: 'literal',
} as const;

/** The document that `value` is, without anchors: what stands in several places is written in each. */
export function yamlOf(value: unknown, { indentSeq, isQuoted = () => false }: Layout): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar: (place, node) => {
      if (typeof node.value !== 'string') return;
      const quoted = isQuoted(node.value) || isAmbiguous(node.value);
      const isLong = node.value.includes('\n');
      // A block needs a line above it that it is indented from.
      const multiline = place === 'key' || place === null ? Scalar.QUOTE_DOUBLE : Scalar.BLOCK_LITERAL;
      node.type = quoted ? Scalar.QUOTE_DOUBLE : isLong ? multiline : Scalar.PLAIN;
    },
  });
  return document.toString({ ...OPTIONS, indentSeq });
}

/** What is lost or cannot be seen without quotes, and what the package does not know of YAML 1.1 and of Go's numbers. */
const AMBIGUOUS = [
  /^\s*$/,
  /[\t\r\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]/,
  /^=$/,
  /^[-+]0o[0-7]+$/i,
  // Go takes the underscores out before it looks for a number: 1_0e3, 0o7_0.
  /^(?=[^_]*_)[-+.\d][\da-fox_.+-]*$/i,
];

function isAmbiguous(text: string): boolean {
  return AMBIGUOUS.some((pattern) => pattern.test(text));
}

/**
 * A value → YAML, for people and for parsers of YAML 1.1: a string that a parser might read as another type is in
 * double quotes. The only code that generates YAML with the `yaml` package; write/ edits manifests.
 */
import { Document, Scalar, visit } from 'yaml';

export interface Layout {
  /** Whether the items of a list are indented below its key. */
  readonly indentSeq: boolean;
  /** Whether a string must be in double quotes even if it is not ambiguous. */
  readonly isQuoted?: (text: string) => boolean;
}

const OPTIONS = {
  lineWidth: 0,
  singleQuote: false,
  doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
  blockQuote: 'literal',
} as const;

/** `value` as a document without anchors: a value that occurs in several places is written in each. */
export function yamlOf(value: unknown, { indentSeq, isQuoted = () => false }: Layout): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar: (place, node) => {
      if (typeof node.value !== 'string') return;
      const quoted = isQuoted(node.value) || isAmbiguous(node.value);
      const isLong = node.value.includes('\n');
      // A block scalar needs a line above it, which keys and roots do not have.
      const multiline = place === 'key' || place === null ? Scalar.QUOTE_DOUBLE : Scalar.BLOCK_LITERAL;
      node.type = quoted ? Scalar.QUOTE_DOUBLE : isLong ? multiline : Scalar.PLAIN;
    },
  });
  return document.toString({ ...OPTIONS, indentSeq });
}

/**
 * Strings that are lost or invisible without quotes, and forms of YAML 1.1 and of Go's numbers unknown to the package.
 */
const AMBIGUOUS = [
  /^\s*$/,
  /[\t\r\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]/,
  /^=$/,
  /^[-+]0o[0-7]+$/i,
  // go-yaml removes underscores before it parses a number: 1_0e3, 0o7_0.
  /^(?=[^_]*_)[-+.\d][\da-fox_.+-]*$/i,
];

function isAmbiguous(text: string): boolean {
  return AMBIGUOUS.some((pattern) => pattern.test(text));
}

/**
 * read, part: why a text is not YAML, in plain words. The library's messages describe its parser; these describe the
 * text.
 */
import { YAMLException } from 'js-yaml';

/** Kubernetes objects are about 10 deep; parsers recurse. */
export const MAX_DEPTH = 50;
export const MAX_ALIASES = 1000;
export const MAX_MERGED_KEYS = 100_000;

/** The library reports no offset for this error. */
export const COMPLEX_KEY = 'a mapping or a list cannot be a key';

/** The beginning of each message of the library, and the message that replaces it. */
export const REASONS: readonly (readonly [string, string])[] = [
  ['duplicated mapping key', 'this key is given twice in the same mapping'],
  ['nesting exceeded', `nested deeper than ${MAX_DEPTH} levels`],
  ['aliases exceeded', `more than ${MAX_ALIASES} aliases in one document`],
  ['merge keys exceeded', `more than ${MAX_MERGED_KEYS} merged keys`],
  ['abnormal merge sequence size', 'more than 100 mappings merged into one'],
  ['cannot merge mappings', 'only a mapping can be merged with <<'],
  ['unidentified alias', 'an alias without its anchor'],
  ['recursive alias', 'an alias inside of its own anchor'],
  ['object-based map does not support complex keys', COMPLEX_KEY],
  ['cannot resolve a node', 'the value does not fit its tag'],
  ['unknown scalar tag', 'an unknown tag'],
  ['unknown sequence tag', 'an unknown tag'],
  ['unknown mapping tag', 'an unknown tag'],
  ['incomplete mapping pair', 'a key without a value'],
  ['the stream contains non-printable characters', 'a control character'],
  ['null byte', 'a NUL character'],
  ['expected valid JSON character', 'a control character inside of quotes'],
  ['duplication of a tag property', 'two tags on one value'],
  ['duplication of an anchor property', 'two anchors on one value'],
  ['unexpected end of the stream within a verbatim tag', 'a tag that begins with !< needs a > at its end'],
  ['named tag handle', 'a tag with characters that no tag may have'],
  ['tag suffix', 'a tag with characters that no tag may have'],
  ['tag name cannot contain', 'a tag with characters that no tag may have'],
  ['undeclared tag handle', 'a tag whose prefix no %TAG line declares'],
  ['name of an anchor node', 'an & without the name of an anchor; text that begins with & needs quotes'],
  ['name of an alias node', 'a * without the name of an anchor; text that begins with * needs quotes'],
  ['alias node should not', 'an alias can have neither a tag nor an anchor'],
  ['deficient indentation', 'a line that is indented too little, or a bracket or quote left open before it'],
  ['unexpected end of the document within a', 'a document ends inside of quotes'],
  ['unexpected end of the stream within a flow collection', 'a bracket or brace that is not closed'],
  ['unexpected end of the stream within a', 'a quote that is not closed'],
  ['unknown escape sequence', 'a backslash in double quotes that escapes nothing; write two, or use single quotes'],
  ['expected hexadecimal character', 'a \\x, \\u or \\U in double quotes without its digits'],
  ['repeat of a chomping mode', '| or > with two signs behind it'],
  ['repeat of an indentation width', '| or > with two numbers behind it'],
  ['bad explicit indentation width', '| or > with an indent of 0'],
  ['a line break is expected', 'text behind | or >, where the line must end'],
  ['tab characters must not', 'tabs cannot indent YAML'],
  ['bad indentation of a mapping entry', 'a line whose indent fits no line before it, or text behind a value'],
  ['bad indentation of a sequence entry', 'a list entry whose indent fits no line before it'],
  ['missed comma', 'no comma between two entries in brackets or braces'],
  ["expected the node content, but found ','", 'two commas with nothing between them'],
  ['a whitespace character is expected after', 'a colon behind a key needs a blank behind it'],
  ["expected ':' after a mapping key", 'a key without a colon'],
  ['can not read a block mapping entry', 'a key over several lines, or a line without a colon'],
  ['directive name', 'a % at the start of a line, without the name of a directive'],
  ['duplication of %YAML', 'two %YAML lines in one document'],
  ['YAML directive', '%YAML needs one version, such as %YAML 1.2'],
  ['ill-formed argument of the YAML directive', '%YAML needs one version, such as %YAML 1.2'],
  ['unacceptable YAML version', 'a version of YAML that is not read'],
  ['TAG directive', '%TAG needs a handle and a prefix'],
  ['ill-formed tag', '%TAG needs a handle and a prefix'],
  ['there is a previously declared suffix', 'two %TAG lines for one handle'],
  ['directives end mark', 'lines that begin with % need a line of --- behind them'],
  ['end of the stream or a document separator', 'text after the end of the document'],
];

/** Why the library refused `text`, and the offset of the error. */
export function reasonOf(error: unknown, text: string): { readonly message: string; readonly offset: number } {
  // The parser recurses: any other error is a stack overflow.
  if (!(error instanceof YAMLException)) return { message: 'too deeply nested to be read', offset: 0 };
  const offset = error.mark?.position ?? 0;
  const first = text[offset] ?? '';
  if (/[@`%]/.test(first)) return { message: `text that begins with ${first} needs quotes`, offset };
  const known = REASONS.find(([beginning]) => error.reason.startsWith(beginning))?.[1];
  return { message: known ?? 'it breaks the rules of YAML here', offset };
}

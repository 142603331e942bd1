/**
 * look: values → YAML as kubectl prints it: lists not indented, and a string that other parsers might take for
 * something else in quotes.
 */
import { dump } from 'js-yaml';

/** The document that `value` is. */
export function toYaml(value: unknown): string {
  return dump(value, { seqNoIndent: true, lineWidth: -1, noRefs: true, quoteStyle: 'double' });
}

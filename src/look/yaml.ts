/**
 * look: values → YAML as kubectl prints it: lists not indented, and a string that other parsers might take for
 * something else in quotes.
 */
import { dump } from 'js-yaml';

/** The document that `value` is. */
export function toYaml(value: unknown): string {
  return dump(value, { seqNoIndent: true, lineWidth: -1, noRefs: true, quoteStyle: 'double' });
}

/** `value` as kubectl prints it with -o. */
export function asText(format: 'yaml' | 'json', value: object): string {
  return format === 'yaml' ? toYaml(value) : `${JSON.stringify(value, null, 4)}\n`;
}

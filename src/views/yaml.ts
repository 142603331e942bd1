/**
 * views: values → YAML as kubectl prints it: lists not indented, and a string that other parsers might take for
 * something else in quotes.
 */
import { escapedJson, escapedYaml, isPrintable } from '../printable.js';
import { yamlOf } from '../yaml.js';

/** The document that `value` is. What must be escaped can be so in double quotes only. */
export function toYaml(value: unknown): string {
  return escapedYaml(yamlOf(value, { indentSeq: false, isQuoted: (text) => !isPrintable(text) }));
}

/** `value` as kubectl prints it with -o. */
export function asText(format: 'yaml' | 'json', value: object): string {
  return format === 'yaml' ? toYaml(value) : escapedJson(`${JSON.stringify(value, null, 4)}\n`);
}

/**
 * views: values → YAML as kubectl prints it: lists are not indented, and strings that other parsers might read as other
 * types are quoted.
 */
import { escapedJson, escapedYaml, isPrintable } from '../printable.js';
import { yamlOf } from '../yaml.js';

/** `value` as a document. Unprintable characters can be escaped only in double quotes. */
export function toYaml(value: unknown): string {
  return escapedYaml(yamlOf(value, { indentSeq: false, isQuoted: (text) => !isPrintable(text) }));
}

/** `value` as kubectl prints it with -o. */
export function asText(format: 'yaml' | 'json', value: object): string {
  return format === 'yaml' ? toYaml(value) : escapedJson(`${JSON.stringify(value, null, 4)}\n`);
}

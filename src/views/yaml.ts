/**
 * views: values → YAML as kubectl prints it: lists not indented, and a string that other parsers might take for
 * something else in quotes.
 */
import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE, type ScalarStyleRule } from 'js-yaml';
import { escapedJson, escapedYaml, isPrintable } from '../printable.js';

/** What must be escaped can be so in double quotes only. */
const quoteUnsafe: ScalarStyleRule = (layout) => {
  if (!isPrintable(layout.node.value)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
};

const RULES = [quoteUnsafe, ...Object.values(DEFAULT_SCALAR_STYLE_RULES)];

/** The document that `value` is. */
export function toYaml(value: unknown): string {
  return escapedYaml(
    dump(value, { seqNoIndent: true, lineWidth: -1, noRefs: true, quoteStyle: 'double', scalarStyleRules: RULES }),
  );
}

/** `value` as kubectl prints it with -o. */
export function asText(format: 'yaml' | 'json', value: object): string {
  return format === 'yaml' ? toYaml(value) : escapedJson(`${JSON.stringify(value, null, 4)}\n`);
}

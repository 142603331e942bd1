/** Compiled: the rules of a fixture case, as the text that `vipc compile` prints. */
import { hasErrors } from '../diag.js';
import type { Family } from '../ip.js';
import { compile } from '../pipeline.js';
import { render } from '../text.js';
import { type Case, caseInput, RULES_FILE } from './cases.js';

/** The rules of one family; throws when the case has errors, or has no rules in its mode. */
export function compiledRules(each: Case, family: Family): string {
  const { sources, options } = caseInput(each);
  const { value, diagnostics } = compile(sources, options);
  if (hasErrors(diagnostics)) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const artifact = value.find(({ name }) => name === RULES_FILE[family]);
  if (!artifact) throw new Error(`no ${RULES_FILE[family]} among ${value.map(({ name }) => name).join(', ')}`);
  return render(artifact.text);
}

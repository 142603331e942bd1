/**
 * read, beside the snapshot: the configuration of `vipc lint`. In: a Source, and all known codes. Out: the severity of
 * each code that the configuration names.
 *
 *     severity:
 *       external-ips: off
 *       vip-conflict: error
 */
import { type Checked, type Diagnostic, hasErrors, type Severity, type Source, show } from '../diag.js';
import { type Check, type Cursor, child, cursor, fail, isMapping, kindOf, oneOf } from './check.js';
import { parseSource } from './parse.js';

export type LintSeverities = Readonly<Record<string, Severity | 'off'>>;

const SEVERITIES = ['error', 'warning', 'note', 'off'] as const;

const oneSeverity = oneOf(SEVERITIES);

/** YAML 1.1 parses `off` as false. */
const severity: Check<Severity | 'off'> = (value, at) => oneSeverity(value === false ? 'off' : value, at);

/** The severities that `source` sets. Errors: `syntax`, `invalid-field`, `unknown-field` and `unknown-code`. */
export function readLintConfig(source: Source, codes: readonly string[]): Checked<LintSeverities> {
  const all = [...parseSource(source)];
  const diagnostics: Diagnostic[] = all.flatMap((each) => ('problem' in each ? [each.problem] : []));
  const value: Record<string, Severity | 'off'> = Object.create(null);
  for (const each of all) {
    if (!('object' in each)) continue;
    const { object } = each;
    const at = cursor(source.text.length);
    Object.assign(value, severitiesOf(object.value, codes, at));
    const { document, base } = object;
    for (const { path, atKey, ...problem } of at.problems) {
      diagnostics.push({ ...problem, origin: { source, document, base, path, ...(atKey && { atKey }) } });
    }
  }
  return { value: hasErrors(diagnostics) ? {} : value, diagnostics };
}

/** Reads `severity`, the only field; reports any other field. */
function severitiesOf(value: unknown, codes: readonly string[], at: Cursor): LintSeverities {
  const found: Record<string, Severity | 'off'> = Object.create(null);
  if (!isMapping(value)) return found;
  for (const name of Object.keys(value)) {
    if (name === 'severity') continue;
    const hint = at.suggest(name, ['severity']) ? 'did you mean severity?' : 'the only field is severity';
    fail(at, `has a field ${show(name)}, which it may not have`, {
      key: name,
      atKey: true,
      code: 'unknown-field',
      hint,
    });
  }
  const { severity: map = {} } = value;
  if (!isMapping(map)) {
    fail(at, `must be a mapping of codes to severities, is ${kindOf(map)}`, { key: 'severity' });
    return found;
  }
  at.path.push('severity');
  for (const [code, wanted] of Object.entries(map)) {
    const known = codes.includes(code);
    if (!known) unknownCode(code, codes, at);
    const read = known ? child(at, code, wanted, severity) : undefined;
    if (read !== undefined) found[code] = read;
  }
  at.path.pop();
  return found;
}

function unknownCode(code: string, codes: readonly string[], at: Cursor): void {
  const near = at.suggest(code, codes);
  const hint = near === undefined ? 'docs/lint.md has all codes' : `did you mean ${near}?`;
  fail(at, 'is no code of a finding', { key: code, atKey: true, code: 'unknown-code', hint });
}

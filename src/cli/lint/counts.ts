/**
 * cli, part of lint: the number of findings of each code, sorted by severity, worst first.
 */
import type { Diagnostic, Severity } from '../../diag.js';
import { compare, groupedBy } from '../../order.js';

const WORST_FIRST: readonly Severity[] = ['error', 'warning', 'note'];

/** A line for each severity and code; a single line `nothing found` without findings. */
export function counted(findings: readonly Diagnostic[]): readonly string[] {
  if (findings.length === 0) return ['nothing found'];
  const groups = [...groupedBy(findings, ({ severity, code }) => `${WORST_FIRST.indexOf(severity)} ${code}`)];
  const rows = groups
    .map(([key, { length }]) => ({ key, length, severity: WORST_FIRST[Number(key[0])] ?? 'note', code: key.slice(2) }))
    .sort((a, b) => compare(a.key[0] ?? '', b.key[0] ?? '') || b.length - a.length || compare(a.code, b.code))
    .map(({ length, severity, code }) => [String(length), length === 1 ? severity : `${severity}s`, code]);
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = ([count = '', severity = '', code = '']: readonly string[]) =>
    `${count.padStart(widths[0] ?? 0)} ${severity.padEnd(widths[1] ?? 0)}  ${code}`;
  return ['', ...rows.map(line)];
}

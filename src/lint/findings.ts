/**
 * lint, part: all that was said of an input → what `vipc lint` reports of it, as comments in the input and the
 * configuration have it.
 */
import type { Diagnostic, Severity, Source } from '../diag.js';
import { withoutIgnored } from './ignores.js';
import { INPUT_CODES } from './input-codes.js';
import { RULES } from './registry.js';

/** What the configuration makes of findings, by their codes. */
export type Severities = Readonly<Record<string, Severity | 'off'>>;

/** Every code that a finding can have. */
export const CODES: readonly string[] = [...RULES.map(({ code }) => code), ...Object.keys(INPUT_CODES)].sort();

/** Errors of the input stay what they are, whatever comments and the configuration say. */
export function findingsOf(
  said: readonly Diagnostic[],
  sources: readonly Source[],
  severities: Severities = {},
): readonly Diagnostic[] {
  return withoutIgnored(said, sources, CODES).flatMap((finding) => {
    const wanted = finding.severity === 'error' ? undefined : severities[finding.code];
    if (wanted === 'off') return [];
    return [wanted === undefined ? finding : { ...finding, severity: wanted }];
  });
}

const LEVELS: readonly Severity[] = ['note', 'warning', 'error'];

/** The findings of `level` and worse. */
export function atLeast(findings: readonly Diagnostic[], level: Severity): readonly Diagnostic[] {
  return findings.filter(({ severity }) => LEVELS.indexOf(severity) >= LEVELS.indexOf(level));
}

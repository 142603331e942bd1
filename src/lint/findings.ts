/**
 * lint, part: all diagnostics of an input → the findings of `vipc lint`, after vipc-ignore comments and the configured
 * severities.
 */
import type { Diagnostic, Severity, Source } from '../diag.js';
import { withoutIgnored } from './ignores.js';
import { INPUT_CODES } from './input-codes.js';
import { RULES } from './registry.js';

/** Severities of the configuration by code. */
export type Severities = Readonly<Record<string, Severity | 'off'>>;

/** Every code that a finding can have. */
export const CODES: readonly string[] = [...RULES.map(({ code }) => code), ...Object.keys(INPUT_CODES)].sort();

/** Applies comments and `severities`; neither of them changes or ignores errors. */
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

/** The findings of severity `level` or worse. */
export function atLeast(findings: readonly Diagnostic[], level: Severity): readonly Diagnostic[] {
  return findings.filter(({ severity }) => LEVELS.indexOf(severity) >= LEVELS.indexOf(level));
}

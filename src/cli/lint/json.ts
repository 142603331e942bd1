/**
 * cli, part of lint: findings as JSON. Missing values are null, so that all findings have the same fields.
 */
import type { Diagnostic } from '../../diag.js';
import { placeOf } from './places.js';

/** `--format json`. */
export function jsonFindings(findings: readonly Diagnostic[]): readonly object[] {
  return findings.map(({ code, severity, message, origin, related, hint }) => ({
    code,
    severity,
    ...placed(origin),
    message,
    hint: hint ?? null,
    related: related ? { ...placed(related.origin), message: related.message } : null,
  }));
}

function placed(origin: Diagnostic['origin']): object {
  const place = placeOf(origin);
  return {
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.col ?? null,
    object: origin?.object ?? null,
  };
}

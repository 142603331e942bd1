/**
 * iptables mode can serve all resolved ServicePorts. A packet takes the first rule that matches it, so of two Services
 * with the same external IP and port only the first is reached.
 */
import type { Checked } from '../../diag.js';
import type { Resolved } from '../backend.js';
import { conflicts, frontendClaims } from '../shared/conflicts.js';

/** Warning: `vip-conflict`. */
export function admit(resolved: readonly Resolved[]): Checked<readonly Resolved[]> {
  return { value: resolved, diagnostics: resolved.flatMap(({ ports }) => conflicts(ports, frontendClaims)) };
}

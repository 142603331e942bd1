/**
 * iptables mode can serve all resolved ServicePorts. A packet takes the first rule that matches it, so of two Services
 * with the same external IP and port only the first is reached.
 */
import type { Checked } from '../../diag.js';
import type { ServicePort } from '../../resolve/types.js';
import type { Resolved } from '../backend.js';
import { type Claims, conflicts } from '../shared/conflicts.js';

/** Warning: `vip-conflict`. */
export function admit(resolved: readonly Resolved[]): Checked<readonly Resolved[]> {
  return { value: resolved, diagnostics: resolved.flatMap(({ ports }) => conflicts(ports, addresses)) };
}

/** Node ports have no address of their own, and an API server gives each port to one Service only. */
function addresses({ name, frontends }: ServicePort): Claims {
  return frontends.flatMap(({ ip, port }) =>
    ip === undefined ? [] : [[`${name.protocol} ${ip} ${port}`, { address: ip, port }] as const],
  );
}

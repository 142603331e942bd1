/**
 * nftables mode can serve all resolved ServicePorts. An address and port has one element in a map, so of two Services
 * with the same external IP and port only the first is reached.
 */
import type { Checked, Diagnostic } from '../../diag.js';
import type { Options } from '../../options.js';
import type { Resolved } from '../backend.js';
import { conflicts, frontendClaims } from '../shared/conflicts.js';

/** Warnings: `vip-conflict`, `localhost-node-ports`. */
export function admit(resolved: readonly Resolved[], options: Options): Checked<readonly Resolved[]> {
  const found = resolved.flatMap(({ ports }) => conflicts(ports, frontendClaims));
  return { value: resolved, diagnostics: [...found, ...localhost(resolved, options)] };
}

/** nodePortAddresses names a loopback network, where rules serve nothing and the relay only TCP (KEP-6032). */
function localhost(resolved: readonly Resolved[], { nodePortAddresses }: Options): readonly Diagnostic[] {
  const named = nodePortAddresses === 'primary' ? [] : nodePortAddresses.filter(({ text }) => LOOPBACK.test(text));
  const some = resolved.some(({ ports }) =>
    ports.some(({ name, frontends }) => name.protocol !== 'TCP' && frontends.some(({ ip }) => ip === undefined)),
  );
  if (named.length === 0 || !some) return [];
  const message = `nodePortAddresses has ${named.map(({ text }) => text).join(', ')}, but there only TCP is served, by the relay of vipc sync`;
  const hint =
    'for UDP and SCTP connect to another address of the node, or use iptables mode, which serves them on 127.0.0.1';
  return [{ code: 'localhost-node-ports', severity: 'warning', message, hint }];
}

const LOOPBACK = /^(?:127\.|::1\/)/;

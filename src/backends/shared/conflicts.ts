/**
 * admit, part: addresses and ports that several ServicePorts want. Packets get to one of them only: here the first by
 * name, in kube-proxy either one, from sync to sync.
 */
import type { Diagnostic } from '../../diag.js';
import { joinHostPort } from '../../ip.js';
import { formatServicePortName, type ServicePort } from '../../resolve/types.js';

/** What a ServicePort claims, under what identifies it. */
export type Claims = Iterable<readonly [string, { readonly address: string; readonly port: number }]>;

/** Warnings `vip-conflict`: what of `claimsOf` a ServicePort before has already. */
export function conflicts(
  ports: readonly ServicePort[],
  claimsOf: (port: ServicePort) => Claims,
): readonly Diagnostic[] {
  const holders = new Map<string, ServicePort>();
  const found: Diagnostic[] = [];
  for (const port of ports) {
    for (const [key, { address, port: number }] of claimsOf(port)) {
      const holder = holders.get(key);
      if (!holder) holders.set(key, port);
      if (!holder || holder === port) continue;
      const names = [port, holder].map(({ name }) => formatServicePortName(name));
      const message = `${names[0]} wants ${joinHostPort(address, number)}, which ${names[1]} has and keeps`;
      const related = { message: `${holder.origin.object} is here`, origin: holder.origin };
      found.push({ code: 'vip-conflict', severity: 'warning', message, origin: port.origin, related });
    }
  }
  return found;
}

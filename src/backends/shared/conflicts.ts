/**
 * admit, part: addresses and ports that several ServicePorts claim. Packets reach only one of them: here the first by
 * name, in kube-proxy an arbitrary one that may change from sync to sync.
 */
import type { Diagnostic } from '../../diag.js';
import { joinHostPort } from '../../ip.js';
import { formatServicePortName, type ServicePort } from '../../resolve/types.js';

/** What a ServicePort claims, by its identity. */
export type Claims = Iterable<readonly [string, { readonly address: string; readonly port: number }]>;

/** Warnings `vip-conflict`: claims of a ServicePort that an earlier one has already. */
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

/**
 * The addresses and ports of a ServicePort's frontends. Node ports have no address of their own, and an API server gives
 * each port to one Service only.
 */
export function frontendClaims({ name, frontends }: ServicePort): Claims {
  return frontends.flatMap(({ ip, port }) =>
    ip === undefined ? [] : [[`${name.protocol} ${ip} ${port}`, { address: ip, port }] as const],
  );
}

/** What a ServicePort may want of a node that another wants, too: addresses and ports, node ports, pods on the node. */
export function claimsOf(port: ServicePort): readonly string[] {
  const { name, frontends, endpoints } = port;
  return [
    ...frontends.map(({ ip = '', port: number }) => `${name.protocol} ${ip} ${number}`),
    ...endpoints.onNode.map(({ ip, port: number }) => `pod ${name.protocol} ${ip} ${number}`),
  ];
}

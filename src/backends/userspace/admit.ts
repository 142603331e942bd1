/**
 * The resolved ServicePorts that userspace mode can serve: a relay accepts TCP and UDP.
 */
import type { Checked, Diagnostic } from '../../diag.js';
import type { Options } from '../../options.js';
import { formatServicePortName, type ServicePort } from '../../resolve/types.js';
import type { Resolved } from '../backend.js';
import { conflicts, frontendClaims } from '../shared/conflicts.js';

/** Warnings: `sctp-unsupported`, `vip-conflict`. */
export function admit(resolved: readonly Resolved[]): Checked<readonly Resolved[]> {
  const value = resolved.map(({ ports, ...rest }) => ({ ...rest, ports: ports.filter((port) => !isSctp(port)) }));
  const left = resolved.flatMap(({ ports }) => ports.filter(isSctp)).map(unsupported);
  return { value, diagnostics: [...left, ...value.flatMap(({ ports }) => conflicts(ports, frontendClaims))] };
}

function isSctp({ name }: ServicePort): boolean {
  return name.protocol === 'SCTP';
}

function unsupported({ name, origin, family }: ServicePort): Diagnostic {
  const message = `${formatServicePortName(name)} is SCTP, which userspace mode does not serve (${family})`;
  const hint = 'iptables, ipvs and nftables mode serve it';
  return { code: 'sctp-unsupported', severity: 'warning', message, origin, hint };
}

/** An error, `no-proxy-port`: the relay's range has a port for each listener. */
export function noPort({ name, origin }: ServicePort, { userspace }: Options): Diagnostic {
  const { first, last } = userspace.proxyPorts;
  const message = `no port of ${first}-${last} is left for ${formatServicePortName(name)}`;
  const hint = '--proxy-port-range, or portRange of the configuration, gives the relay more ports';
  return { code: 'no-proxy-port', severity: 'error', message, origin, hint };
}

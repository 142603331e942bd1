/**
 * The resolved ServicePorts that userspace mode can serve: a relay accepts TCP and UDP, on as many ports as its range has.
 */
import type { Checked, Diagnostic } from '../../diag.js';
import type { Options } from '../../options.js';
import { formatServicePortName, type ServicePort } from '../../resolve/types.js';
import type { Resolved } from '../backend.js';
import { conflicts, frontendClaims } from '../shared/conflicts.js';
import { listenersOf } from './listeners.js';

/** Warnings: `sctp-unsupported`, `vip-conflict`. Error: `no-proxy-port`. */
export function admit(resolved: readonly Resolved[], options: Options): Checked<readonly Resolved[]> {
  const value = resolved.map(({ ports, ...rest }) => ({ ...rest, ports: ports.filter((port) => !isSctp(port)) }));
  const left = resolved.flatMap(({ ports }) => ports.filter(isSctp)).map(unsupported);
  const full = value.flatMap(({ ports, node }) =>
    listenersOf(ports, node, options).flatMap((each) => ('listener' in each ? [] : noPort(each.port, options))),
  );
  const unserved = new Set(full.map(({ origin }) => origin));
  return {
    value: value.map(({ ports, ...rest }) => ({ ...rest, ports: ports.filter(({ origin }) => !unserved.has(origin)) })),
    diagnostics: [...left, ...full, ...value.flatMap(({ ports }) => conflicts(ports, frontendClaims))],
  };
}

function isSctp({ name }: ServicePort): boolean {
  return name.protocol === 'SCTP';
}

function unsupported({ name, origin, family }: ServicePort): Diagnostic {
  const message = `${formatServicePortName(name)} is SCTP, which userspace mode does not serve (${family})`;
  const hint = 'iptables, ipvs and nftables mode serve it';
  return { code: 'sctp-unsupported', severity: 'warning', message, origin, hint };
}

function noPort({ name, origin }: ServicePort, { userspace }: Options): Diagnostic {
  const { first, last } = userspace.proxyPorts;
  const message = `no port of ${first}-${last} is left for ${formatServicePortName(name)}`;
  const hint = '--proxy-port-range, or portRange of the configuration, gives the relay more ports';
  return { code: 'no-proxy-port', severity: 'error', message, origin, hint };
}

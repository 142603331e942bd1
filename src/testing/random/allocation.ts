/**
 * Allocation: Services as objects, and the allocated values in one line each.
 */
import { expect } from '@jest/globals';
import { allocate } from '../../complete/allocate.js';
import { NODE_PORTS } from '../../complete/complete.js';
import { type Diagnostic, formatPath } from '../../diag.js';
import { parseCidr } from '../../ip.js';
import { readSnapshot } from '../../read/snapshot.js';
import type { Snapshot } from '../../read/types.js';

export type Objects = readonly object[];

export function snapshot(objects: Objects): Snapshot {
  const { value, diagnostics } = readSnapshot([
    { name: 'x.json', text: JSON.stringify({ kind: 'List', items: objects }) },
  ]);
  expect(diagnostics).toEqual([]);
  return value;
}

/** A Service with one port, called `name` or `namespace/name`. */
export function service(name: string, spec: object = {}, labels: object = {}): object {
  const [own = '', namespace = 'default'] = name.split('/').reverse();
  const metadata = { name: own, namespace, labels };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }], ...spec } };
}

export function range(name: string, ...cidrs: string[]): object {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name }, spec: { cidrs } };
}

export function address(ip: string, of: string): object {
  const [name, namespace] = of.split('/').reverse();
  const spec = { parentRef: { resource: 'services', namespace, name } };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name: ip }, spec };
}

export const NODE_PORT = { type: 'NodePort' };
export const DUAL = { ipFamilyPolicy: 'PreferDualStack' };
export const TCP_UDP = (tcp: number, udp: number) => ({
  ...NODE_PORT,
  ports: [
    { name: 'tcp', port: 53, nodePort: tcp },
    { name: 'udp', port: 53, protocol: 'UDP', nodePort: udp },
  ],
});

export interface Flags {
  readonly cidr?: string;
  readonly ports?: readonly [number, number];
  readonly allocate?: boolean;
}

export function run(objects: Objects, { cidr, ports, allocate: on = true }: Flags = {}) {
  return allocate(snapshot(objects), {
    serviceCIDRs: (cidr?.split(',') ?? []).flatMap((text) => parseCidr(text) ?? []),
    nodePorts: ports ? { first: ports[0], last: ports[1] } : NODE_PORTS,
    allocate: on,
  });
}

/** `web 10.0.0.1 fd00::1 :30001`, with made-up values in brackets. */
export function lines(objects: Objects, flags: Flags = {}): readonly string[] {
  return run(objects, flags).value.map(({ metadata, spec, allocated }) => {
    const ips = spec.clusterIPs.map((ip) => (allocated?.clusterIPs.includes(ip) ? `[${ip}]` : ip));
    const made = (port: number) => (allocated?.nodePorts.includes(port) ? `[:${port}]` : `:${port}`);
    const ports = spec.ports.flatMap(({ nodePort }) => (nodePort === 0 ? [] : [made(nodePort)]));
    const { healthCheckNodePort: health } = spec;
    const check = health === 0 ? [] : [allocated?.healthCheckNodePort ? `[health:${health}]` : `health:${health}`];
    return [metadata.name, ...ips, ...ports, ...check].join(' ');
  });
}

const said = ({ severity, code, message, origin, related }: Diagnostic) =>
  `${severity} ${code} ${origin?.object} ${formatPath(origin?.path ?? [])}: ${message}${related ? ` (${related.message})` : ''}`;

/** The problems, without notes. */
export function problems(objects: Objects, flags: Flags = {}): readonly string[] {
  return run(objects, flags)
    .diagnostics.filter(({ severity }) => severity !== 'note')
    .map(said);
}

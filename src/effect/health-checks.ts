/**
 * health checks: two sides → ServicePorts whose load balancers ask another node port whether an endpoint is on the node. The
 * proxy answers there itself, so no connection to an endpoint tells it.
 */
import { formatServicePortName, type ServicePort } from '../resolve/types.js';
import type { ServiceChange } from '../review/compare.js';
import type { Effect } from './effect.js';

/** The health check node port of a ServicePort; undefined: none, or not known. */
export type HealthCheckPort = (port: ServicePort) => number | undefined;

/** One effect for each of `ports` that has a health check on both sides, at different node ports. */
export function healthChecks(
  ports: readonly ServicePort[],
  before: HealthCheckPort,
  after: HealthCheckPort,
): readonly Effect[] {
  return ports.flatMap((port): readonly Effect[] => {
    const [old, now] = [before(port), after(port)];
    if (old === undefined || now === undefined || old === now) return [];
    const text = `load balancers ask node port ${now} for its health (was ${old})`;
    return [{ service: formatServicePortName(port.name), family: port.family, severity: 'changed', text }];
  });
}

/** By the ServicePorts of a compiled side. */
export function compiledChecks(ports: readonly ServicePort[]): HealthCheckPort {
  const known = new Map(ports.map((port) => [nameOf(port), port.healthCheckNodePort]));
  return (port) => known.get(nameOf(port));
}

/**
 * By the lines that only a node has. In iptables mode the comment names the ServicePort; in ipvs mode a set has the ports of
 * all, so that one which goes is known to be of a ServicePort only if no other comes or goes.
 */
export function checksOfNode(changes: readonly ServiceChange[]): HealthCheckPort {
  const sections = changes.flatMap((change) => change.sections);
  const named = new Map(
    linesOf(sections, '-').flatMap((text) => {
      const [, name, port] = /"(\S+) health check node port" .*--dport (\d+)/.exec(text) ?? [];
      return name === undefined ? [] : [[name, Number(port)] as const];
    }),
  );
  const members = sections.filter(({ title }) => title.includes('HEALTH-CHECK-NODE-PORT'));
  const [gone, come] = [new Set(linesOf(members, '-').map(Number)), new Set(linesOf(members, '+').map(Number))];
  const [only] = gone.size === 1 && come.size === 1 ? gone : [];
  return ({ name, healthCheckNodePort }) =>
    named.get(formatServicePortName(name)) ?? (come.has(healthCheckNodePort ?? 0) ? only : undefined);
}

function linesOf(sections: ServiceChange['sections'], wanted: '+' | '-'): readonly string[] {
  return sections.flatMap(({ lines }) => lines.filter(({ kind }) => kind === wanted).map(({ text }) => text.trim()));
}

function nameOf({ name }: ServicePort): string {
  return `${formatServicePortName(name)} ${name.protocol}`;
}

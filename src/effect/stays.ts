/**
 * stays: two sides → ServicePorts whose clients stay with their endpoint for another time. A probe is a client that no
 * endpoint has yet, so it does not tell.
 */
import { formatServicePortName, type ServicePort } from '../resolve/types.js';
import type { Effect } from './effect.js';
import type { ProbedNode } from './probes.js';

/** One effect for each ServicePort of `isAsked` with affinity on both sides and different timeouts. */
export function stays(
  before: ProbedNode | undefined,
  after: ProbedNode | undefined,
  isAsked: (port: ServicePort) => boolean,
): readonly Effect[] {
  const was = new Map((before?.ports ?? []).map((port) => [nameOf(port), port.affinity?.timeoutSeconds]));
  return (after?.ports ?? []).flatMap((port): readonly Effect[] => {
    const [old, now] = [was.get(nameOf(port)), port.affinity?.timeoutSeconds];
    if (old === undefined || now === undefined || old === now || !isAsked(port)) return [];
    const text = `clients stay with an endpoint for ${now} s (was ${old} s)`;
    return [{ service: formatServicePortName(port.name), family: port.family, severity: 'changed', text }];
  });
}

function nameOf({ name }: ServicePort): string {
  return `${formatServicePortName(name)} ${name.protocol}`;
}

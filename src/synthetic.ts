/**
 * The mark on rules that are not for a live node, because they have synthetic addresses, ports or endpoints.
 */
import type { Artifact, Part, Resolved } from './backends/backend.js';
import { jsonPieces } from './json.js';
import { joined, type Text } from './text.js';

/** The synthetic values, as `1 address, 2 node ports and 4 endpoints`; undefined when there are none. */
function madeUp(resolved: readonly Resolved[]): string | undefined {
  // Count each value once: cluster IPs repeat for every port, node ports for every family, endpoints for both.
  const [addresses, nodePorts, endpoints] = [new Set(), new Set(), new Set()];
  for (const port of resolved.flatMap((family) => family.ports)) {
    for (const { synthetic, ip, port: number } of port.frontends) {
      if (synthetic) (ip === undefined ? nodePorts : addresses).add(ip ?? number);
    }
    for (const { synthetic, ip } of port.endpoints.reachable) if (synthetic === 'simulated Pods') endpoints.add(ip);
  }
  const parts = [
    counted(addresses.size, 'address', 'addresses'),
    counted(nodePorts.size, 'node port', 'node ports'),
    counted(endpoints.size, 'endpoint', 'endpoints'),
  ].filter((part) => part !== '');
  const last = parts.pop();
  return parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}

/** ipvsadm does not accept comments. */
const WITHOUT_COMMENTS = 'ipvsadm.rules';

/** `artifacts` with the mark in their first part. */
export function marked(artifacts: readonly Artifact[], resolved: readonly Resolved[]): readonly Artifact[] {
  const synthetic = madeUp(resolved);
  if (synthetic === undefined) return artifacts;
  return artifacts.map((artifact): Artifact => {
    const [first, ...others] = artifact.parts;
    if (!first || artifact.name === WITHOUT_COMMENTS) return artifact;
    return { ...artifact, parts: [{ ...first, synthetic }, ...others] };
  });
}

/** The text of a part, with the mark as a comment. */
export function partText({ synthetic, text }: Part): Text {
  return synthetic === undefined
    ? text
    : joined([[{ text: `# synthetic, not for a live node: ${synthetic} made up` }], text]);
}

/** The JSON object of a part in pieces, with the mark as its first field. */
export function partJson({ synthetic, data }: Part): Iterable<string> {
  return jsonPieces({ synthetic, ...data });
}

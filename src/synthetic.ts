/**
 * The mark on rules that are not for a live node: vipc made up addresses that the input leaves to a cluster.
 */
import type { Artifact, Resolved } from './backends/backend.js';
import { joined } from './text.js';

/** What was made up, as `1 address, 2 node ports and 4 endpoints`; undefined when nothing was. */
export function madeUp(resolved: readonly Resolved[]): string | undefined {
  const ports = resolved.flatMap((family) => family.ports);
  const frontends = ports.flatMap((port) => port.frontends.filter(({ synthetic }) => synthetic));
  const endpoints = ports.flatMap(({ endpoints }) =>
    endpoints.reachable.filter(({ synthetic }) => synthetic === 'simulated Pods'),
  );
  const parts = [
    // A cluster IP is there for each port, a node port for each family, an endpoint for both.
    counted(new Set(frontends.flatMap(({ ip }) => ip ?? [])).size, 'address', 'addresses'),
    counted(
      new Set(frontends.flatMap(({ ip, port }) => (ip === undefined ? port : []))).size,
      'node port',
      'node ports',
    ),
    counted(new Set(endpoints.map(({ ip }) => ip)).size, 'endpoint', 'endpoints'),
  ].filter((part) => part !== '');
  const last = parts.pop();
  return parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}

/** ipvsadm reads no comments. */
const WITHOUT_COMMENTS = 'ipvsadm.rules';

/** Artifacts that say in their first line, or in a field, what of them was made up. */
export function marked(artifacts: readonly Artifact[], resolved: readonly Resolved[]): readonly Artifact[] {
  const what = madeUp(resolved);
  if (what === undefined) return artifacts;
  const comment = { text: `# synthetic, not for a live node: ${what} made up` };
  return artifacts.map((artifact): Artifact => {
    const [first, ...others] = artifact.parts;
    if (!first || artifact.name === WITHOUT_COMMENTS) return artifact;
    return {
      ...artifact,
      parts: [{ ...first, text: joined([[comment], first.text]), json: withField(first.json, what) }, ...others],
    };
  });
}

/** One JSON object in pieces, with a first field more. */
function withField(pieces: Iterable<string>, what: string): Iterable<string> {
  return {
    *[Symbol.iterator]() {
      let first = true;
      for (const piece of pieces) {
        yield first ? piece.replace('{', `{"synthetic":${JSON.stringify(what)},`) : piece;
        first = false;
      }
    },
  };
}

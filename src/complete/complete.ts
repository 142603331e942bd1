/**
 * complete: Snapshot → Snapshot with everything that an API server and the controllers would have added. It is a pure
 * function of the objects and their names, so that the same manifests give the same rules everywhere.
 *
 *     nodes      --nodes N                       → Nodes
 *     simulate   Deployments, StatefulSets, …    → Pods on the Nodes
 *     allocate   Services without addresses      → Services with cluster IPs and node ports
 *     slices     Services' selectors × Pods      → EndpointSlices
 *     mirror     Endpoints                       → EndpointSlices
 */
import type { Checked, Diagnostic } from '../diag.js';
import type { Node, Snapshot } from '../read/types.js';
import { allocate } from './allocate.js';
import type { Completion } from './completion.js';
import { clusterFamilies } from './families.js';
import { withMirroredEndpoints } from './mirror.js';
import { syntheticNodes } from './nodes.js';
import { rolesOfAll } from './roles.js';
import { simulatePods } from './simulate.js';
import { withSelectedPods } from './slices.js';

export { AS_IT_IS, type Completion, NODE_PORTS, type PortRange, SIMULATED } from './completion.js';

/** `snapshot`, completed; notes report what was added and why. */
export function complete(snapshot: Snapshot, completion: Completion): Checked<Snapshot> {
  const diagnostics: Diagnostic[] = [];
  const take = <T>({ value, diagnostics: found }: Checked<T>): T => {
    diagnostics.push(...found);
    return value;
  };
  const nodes = nodesOf(snapshot, completion);
  if (nodes.some(({ synthetic }) => synthetic)) diagnostics.push(madeUp(nodes));
  const pods = completion.simulate ? take(simulatePods({ ...snapshot, nodes }, completion.part)) : snapshot.pods;
  const services = take(allocate({ ...snapshot, nodes, pods }, completion));
  const peopled = { ...snapshot, nodes, pods, services };
  const families = clusterFamilies(peopled, completion.serviceCIDRs);
  const slices = take(withSelectedPods(peopled, families));
  const mirrored = take(withMirroredEndpoints(services, snapshot.endpoints, slices));
  return { value: { ...peopled, slices: mirrored }, diagnostics };
}

/** `snapshot` with the addresses and ports of its Services, and nothing else added. */
export function completeServices(snapshot: Snapshot, completion: Completion): Checked<Snapshot> {
  const { value: services, diagnostics } = allocate(snapshot, completion);
  return { value: { ...snapshot, services }, diagnostics };
}

function nodesOf({ nodes, pods, workloads }: Snapshot, { nodes: count, part }: Completion): readonly Node[] {
  if (nodes.length > 0 || count === 0) return nodes;
  const specs = [...pods.map(({ spec }) => spec), ...workloads.map(({ template }) => template.spec)];
  const named = [...new Set(specs.flatMap(({ nodeName }) => nodeName ?? []))].sort();
  return syntheticNodes(count, named, part, rolesOfAll(specs));
}

function madeUp(nodes: readonly Node[]): Diagnostic {
  const leaders = nodes.filter(({ taints }) => taints.length > 0).map(({ metadata }) => metadata.name);
  const are = nodes.length === 1 ? '1 Node is' : `${nodes.length} Nodes are`;
  const which = leaders.length === 0 ? '' : ` (${leaders.join(', ')} for pods that ask for a control-plane Node)`;
  const message = `${are} simulated, in up to three zones, as the snapshot has none${which}`;
  return { code: 'simulated-nodes', severity: 'note', message, hint: '--nodes sets the number', synthetic: true };
}

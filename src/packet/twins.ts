/**
 * twins: branches that differ only in their destination walk as one, until a rule tells them apart.
 *
 * A Service has many endpoints, and nearly no rule behind the decision for one of them asks which it was. So the rules of
 * the hooks that follow are walked once for all of them, and only a rule that reads the destination is tested on each.
 */
import { type Branch, jointly } from './branch.js';
import { ONE, times } from './fraction.js';
import type { Flow } from './packet.js';

/** Branches in their order; those that are alike but for the destination are one, where the first of them was. */
export function joined(branches: readonly Branch[]): readonly Branch[] {
  if (branches.length < 2) return branches;
  const groups: [Branch, ...Branch[]][] = [];
  for (const branch of branches) {
    const group = branch.twins ? undefined : groups.find(([first]) => isTwin(first, branch));
    if (group) group.push(branch);
    else groups.push([branch]);
  }
  return groups.map(([first, ...others]) =>
    others.length === 0
      ? first
      : { flow: first.flow, weight: ONE, trail: undefined, depends: first.depends, twins: [first, ...others] },
  );
}

/** The branches that walk as one, each for itself. */
export function apart(branch: Branch): readonly Branch[] {
  const { twins, weight, trail, depends } = branch;
  if (!twins) return [branch];
  return twins.map((twin): Branch => {
    const flow = flowOf(branch.flow, twins, twin);
    return { flow, weight: times(twin.weight, weight), trail: jointly(trail, flow, twin), depends, twins: undefined };
  });
}

/** The parts of a branch that `tell` says the same of; the branch itself if it does so of all. */
export function parted(branch: Branch, tell: (flow: Flow) => unknown): readonly Branch[] {
  const { twins } = branch;
  if (!twins) return [branch];
  const parts = new Map<unknown, Branch[]>();
  for (const twin of twins) {
    const said = tell(flowOf(branch.flow, twins, twin));
    const part = parts.get(said);
    if (part) part.push(twin);
    else parts.set(said, [twin]);
  }
  if (parts.size === 1) return [branch];
  return [...parts.values()].map((part) => {
    const [first] = part;
    return first ? { ...branch, flow: flowOf(branch.flow, twins, first), twins: part } : branch;
  });
}

/** The flow of one of the twins, if `flow` is that of the first. */
function flowOf(flow: Flow, [first]: readonly Branch[], twin: Branch): Flow {
  return flow === first?.flow ? twin.flow : bound(flow, twin.flow);
}

/** A flow, but with the destination of another. */
export function bound(flow: Flow, { destination, destinationPort }: Flow): Flow {
  return { ...flow, destination, destinationPort };
}

/** Whether two branches differ in no more than destination, weight, and the steps so far. */
function isTwin({ flow: a, depends, twins }: Branch, { flow: b, depends: others }: Branch): boolean {
  return (
    twins === undefined &&
    a.mark === b.mark &&
    a.connmark === b.connmark &&
    a.state === b.state &&
    a.isDestinationSet === b.isDestinationSet &&
    a.isSourceSet === b.isSourceSet &&
    a.sourceNat === b.sourceNat &&
    a.affinity === b.affinity &&
    a.lists === b.lists &&
    a.virtualServer === b.virtualServer &&
    a.original?.destination === b.original?.destination &&
    a.original?.port === b.original?.port &&
    a.isLocal === b.isLocal &&
    a.family === b.family &&
    a.source === b.source &&
    a.protocol === b.protocol &&
    a.sourcePort === b.sourcePort &&
    a.inInterface === b.inInterface &&
    a.notInterfaces === b.notInterfaces &&
    a.outInterface === b.outInterface &&
    a.remembered === b.remembered &&
    depends.length === others.length &&
    depends.every((each, i) => each === others[i])
  );
}

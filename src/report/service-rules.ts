/**
 * service-rules: one Service → its desired state on the node, as text: its part of resolved.txt, and every rule, set
 * member, virtual server and address, as the tools print them.
 */
import type { Resolved } from '../backends/backend.js';
import type { Family } from '../ip.js';
import { ownerService } from '../owner.js';
import { printResolved } from '../resolve/print.js';
import type { LocalPolicy } from '../resolve/types.js';
import type { AnyTool, Shown } from '../tools/tool.js';
import { type DesiredState, TOOLS } from '../tools/tools.js';

/**
 * The text for `service`, as `namespace/name`, or undefined when the node serves no such Service. Of a chain or set that
 * Services share it has the part of this one; `localPolicy` is the proxy mode's.
 */
export function serviceRules(
  resolved: readonly Resolved[],
  desired: DesiredState,
  service: string,
  localPolicy: LocalPolicy,
  tools: readonly AnyTool[] = TOOLS,
): string | undefined {
  const found = resolved
    .map(({ node, ports }) => ({ node, ports: ports.filter(({ name }) => ownerService(name) === service) }))
    .filter(({ ports }) => ports.length > 0);
  if (found.length === 0) return undefined;
  const tables = found.map(({ node, ports }) => [...printResolved(node, ports, localPolicy)].map(({ text }) => text));
  const shown = found.flatMap(({ node: { family } }) => shownRules(desired, family, service, tools));
  return `${[...tables, ...shown].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The lines for `service` in one family, chain by chain and set by set, each with a heading first. */
export function shownRules(
  desired: DesiredState,
  family: Family,
  service: string,
  tools: readonly AnyTool[] = TOOLS,
): readonly Shown[] {
  const byTool = desired as Readonly<Record<string, unknown>>;
  return tools
    .filter(({ name }) => byTool[name] !== undefined)
    .flatMap((tool) => tool.show(tool.ofFamily(byTool[tool.name], family), (owner) => ownerService(owner) === service))
    .filter(({ length }) => length > 1);
}

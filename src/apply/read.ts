/**
 * Read: a node → its observed state, through its tools. Throws when one fails, or its output cannot be read whole.
 */
import { DEVICE, oursIn } from '../backends/ours.js';
import { show } from '../diag.js';
import { byTool } from '../diff/plan.js';
import type { Machine } from '../options.js';
import { readLinks } from '../tools/addresses/tool.js';
import { demand } from '../tools/ask.js';
import type { Detected } from '../tools/detected.js';
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import type { Host } from './host.js';

/** The name and the addresses of the node. */
export async function readMachine(host: Host): Promise<Machine> {
  const [answer, links] = await Promise.all([demand(host.run, ['uname', '-n']), readLinks(host.run)]);
  const hostname = answer.trim();
  if (!/^[^\s\p{Cc}]+$/u.test(hostname)) throw new Error(`uname -n prints no host name: ${show(answer)}`);
  const addresses = links.filter(({ name }) => name !== DEVICE).flatMap((link) => link.addresses.map(({ ip }) => ip));
  return { hostname, addresses: [...new Set(addresses)] };
}

/** The observed state, as far as it matters to bring the node to the `desired` one. */
export async function readState(
  host: Host,
  detected: Detected,
  desired: DesiredState,
  tools: readonly AnyTool[] = TOOLS,
): Promise<ObservedState> {
  const [desiredOf, ours] = [byTool(desired), byTool(oursIn({}))];
  const read = await Promise.all(
    tools.map(async (tool) => {
      const scope = { ...detected, desired: desiredOf[tool.name], ours: ours[tool.name] };
      return [tool.name, await tool.read(host.run, scope)] as const;
    }),
  );
  return Object.fromEntries(read);
}

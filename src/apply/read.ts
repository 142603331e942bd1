/**
 * Read: what is on a node, through its tools. Throws when one fails, or what it prints cannot be read whole.
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

/** What the node says of itself. */
export async function readMachine(host: Host): Promise<Machine> {
  const [answer, links] = await Promise.all([demand(host.run, ['uname', '-n']), readLinks(host.run)]);
  const hostname = answer.trim();
  if (!/^[^\s\p{Cc}]+$/u.test(hostname)) throw new Error(`uname -n prints no host name: ${show(answer)}`);
  const addresses = links.filter(({ name }) => name !== DEVICE).flatMap((link) => link.addresses.map(({ ip }) => ip));
  return { hostname, addresses: [...new Set(addresses)] };
}

/** Everything there is that matters to make the node `desired`. */
export function readState(
  host: Host,
  detected: Detected,
  desired: DesiredState,
  tools: readonly AnyTool[] = TOOLS,
): Promise<ObservedState> {
  return readTools(host, detected, desired, tools);
}

/** What of it changes by itself, without being programmed. */
export function readVolatile(host: Host, detected: Detected, desired: DesiredState): Promise<ObservedState> {
  return readTools(
    host,
    detected,
    desired,
    (TOOLS as readonly AnyTool[]).filter(({ isVolatile }) => isVolatile),
  );
}

async function readTools(
  host: Host,
  detected: Detected,
  desired: DesiredState,
  tools: readonly AnyTool[],
): Promise<ObservedState> {
  const [wanted, ours] = [byTool(desired), byTool(oursIn({}))];
  const read = await Promise.all(
    tools.map(async (tool) => {
      const scope = { ...detected, desired: wanted[tool.name], ours: ours[tool.name] };
      return [tool.name, await tool.read(host.run, scope)] as const;
    }),
  );
  return Object.fromEntries(read);
}

/**
 * Read: a node → its observed state, through its tools. Throws when one fails, or its output cannot be read whole.
 */
import { DEVICE, oursIn } from '../backends/ours.js';
import { show } from '../diag.js';
import { byTool } from '../diff/plan.js';
import type { Machine, Options } from '../options.js';
import { readLinks } from '../tools/addresses/tool.js';
import { demand } from '../tools/ask.js';
import type { Detected } from '../tools/detected.js';
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import type { Host } from './host.js';
import { readProxyPorts } from './proxy-ports.js';

/** The name and the addresses of the node; for options whose mode has a relay, the ports that it could have. */
export async function readMachine(
  host: Host,
  options?: Pick<Options, 'mode' | 'userspace'>,
  detected: Detected = {},
): Promise<Machine> {
  const [answer, links, proxyPorts] = await Promise.all([
    demand(host.run, ['uname', '-n']),
    readLinks(host.run),
    options?.mode === 'userspace' ? readProxyPorts(host, options.userspace, detected.iptables) : undefined,
  ]);
  const hostname = answer.trim();
  if (!/^[^\s\p{Cc}]+$/u.test(hostname)) throw new Error(`uname -n prints no host name: ${show(answer)}`);
  const addresses = links.filter(({ name }) => name !== DEVICE).flatMap((link) => link.addresses.map(({ ip }) => ip));
  return { hostname, addresses: [...new Set(addresses)], ...(proxyPorts && { proxyPorts }) };
}

/** The observed state, as far as it matters to bring the node to the `desired` one; what is `known` is not read again. */
export async function readState(
  host: Host,
  detected: Detected,
  desired: DesiredState,
  tools: readonly AnyTool[] = TOOLS,
  known: ObservedState = {},
): Promise<ObservedState> {
  const [desiredOf, ours, knownOf] = [byTool(desired), byTool(oursIn({})), byTool(known)];
  const read = await Promise.all(
    tools.map(async (tool) => {
      const scope = { ...detected, desired: desiredOf[tool.name], ours: ours[tool.name], known: knownOf[tool.name] };
      return [tool.name, await tool.read(host.run, scope)] as const;
    }),
  );
  return Object.fromEntries(read);
}

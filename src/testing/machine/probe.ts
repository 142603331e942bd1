/** Probe: tries what this machine supports. */
import type { Family } from '../../ip.js';
import { loadsInKernel, TOOLS } from './kernel.js';

/** Why the kernel ring cannot run here, or undefined when it can. */
export async function kernelRingProblem(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'needs root, to make network namespaces';
  try {
    const results = await loadsInKernel(TOOLS.map((tool) => ({ ...tool, text: sample(tool.family) })));
    const failed = results.findIndex((result) => result.error !== undefined || !result.saved.includes('vipc probe'));
    const bad = TOOLS[failed];
    return (
      bad &&
      `iptables-${bad.variant} for ${bad.family}: ${results[failed]?.error ?? 'does not read back what it loads'}`
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** One rule with each extension that kube-proxy's rules need: a kernel may lack any of them. */
function sample(family: Family): string {
  const reject = family === 'ipv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable';
  return [
    '*filter',
    ':VIPC-PROBE - [0:0]',
    '-A VIPC-PROBE -m conntrack --ctstate INVALID -m comment --comment "vipc probe" -j DROP',
    '-A VIPC-PROBE -m mark --mark 0x4000/0x4000 -m addrtype --dst-type LOCAL -j ACCEPT',
    `-A VIPC-PROBE -p sctp -m sctp --dport 1 -j REJECT --reject-with ${reject}`,
    'COMMIT',
    '*nat',
    ':VIPC-PROBE - [0:0]',
    '-A VIPC-PROBE -j MARK --set-xmark 0x4000/0x4000',
    '-A VIPC-PROBE -m statistic --mode random --probability 0.5 -j MASQUERADE --random-fully',
    '-A VIPC-PROBE -m recent --set --name VIPC-PROBE --rsource',
    `-A VIPC-PROBE -p tcp -m tcp -j DNAT --to-destination ${family === 'ipv4' ? '10.0.0.1:80' : '[fd00::1]:80'}`,
    'COMMIT',
    '',
  ].join('\n');
}

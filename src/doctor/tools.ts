/**
 * doctor: the programs that vipc runs on a node, with their Debian packages and what needs them. One table for `vipc
 * doctor`, which prints their versions, and for commands that need them.
 */
import type { ToolName } from '../tools/tools.js';

/** What a program is for: a tool that the mode uses, or something else. */
export type Need = ToolName | 'udp' | 'netns-path';

export interface Tool {
  readonly name: string;
  /** Sets of programs; all programs of one set must be installed. */
  readonly programs: readonly (readonly string[])[];
  /** The Debian package. */
  readonly package: string;
  /** Absent when everything needs it. */
  readonly needs?: readonly Need[];
  /** The command that prints its version. */
  readonly version?: readonly string[];
}

export const TOOLS: readonly Tool[] = [
  {
    name: 'iptables',
    programs: ['iptables-nft', 'iptables-legacy', 'iptables'].map((name) => [`${name}-save`, `${name}-restore`]),
    package: 'iptables',
    version: ['iptables', '--version'],
    needs: ['iptables'],
  },
  { name: 'ip', programs: [['ip']], package: 'iproute2', version: ['ip', '-V'] },
  { name: 'ss', programs: [['ss']], package: 'iproute2', version: ['ss', '-V'], needs: ['relay'] },
  { name: 'flock', programs: [['flock']], package: 'util-linux', version: ['flock', '--version'] },
  { name: 'readlink', programs: [['readlink']], package: 'coreutils' },
  { name: 'uname', programs: [['uname']], package: 'coreutils' },
  { name: 'sysctl', programs: [['sysctl']], package: 'procps', version: ['sysctl', '--version'] },
  { name: 'test', programs: [['test']], package: 'coreutils', needs: ['ipvs'] },
  { name: 'ipset', programs: [['ipset']], package: 'ipset', version: ['ipset', '--version'], needs: ['ipset'] },
  { name: 'ipvsadm', programs: [['ipvsadm']], package: 'ipvsadm', version: ['ipvsadm', '--version'], needs: ['ipvs'] },
  { name: 'nft', programs: [['nft']], package: 'nftables', version: ['nft', '--version'], needs: ['nft'] },
  {
    name: 'conntrack',
    programs: [['conntrack']],
    package: 'conntrack',
    version: ['conntrack', '--version'],
    needs: ['udp'],
  },
  { name: 'unshare', programs: [['unshare']], package: 'util-linux', needs: ['nft'] },
  { name: 'nsenter', programs: [['nsenter']], package: 'util-linux', needs: ['netns-path'] },
];

/** The tools that `needs` ask for. */
export function toolsFor(needs: readonly Need[]): readonly Tool[] {
  return TOOLS.filter((tool) => tool.needs === undefined || tool.needs.some((need) => needs.includes(need)));
}

/** Those of `tools` that are not installed. */
export function missingOf(tools: readonly Tool[], installed: (program: string) => boolean): readonly Tool[] {
  return tools.filter(({ programs }) => !programs.some((set) => set.every(installed)));
}

/** `flock and nsenter (Debian package util-linux), ipset (ipset)` */
export function listed(tools: readonly Tool[]): string {
  const packages = [...new Set(tools.map((tool) => tool.package))];
  return packages
    .map((name, i) => {
      const names = tools.filter((tool) => tool.package === name).map((tool) => tool.name);
      return `${names.join(' and ')} (${i === 0 ? 'Debian package ' : ''}${name})`;
    })
    .join(', ');
}

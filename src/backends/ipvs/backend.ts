/**
 * The ipvs proxy mode as a backend: virtual servers, and around them ipsets, a few iptables rules, addresses and kernel
 * parameters, each as an artifact for its own tool.
 */
import { wholeText } from '../../text.js';
import * as addresses from '../../tools/addresses/print.js';
import { addresses as addressesTool } from '../../tools/addresses/tool.js';
import * as ipset from '../../tools/ipset/print.js';
import { sections as setSections } from '../../tools/ipset/sections.js';
import { ipset as ipsetTool } from '../../tools/ipset/tool.js';
import * as servers from '../../tools/ipvs/print.js';
import { sectionsOf } from '../../tools/ipvs/sections.js';
import { ipvs as ipvsTool } from '../../tools/ipvs/tool.js';
import * as sysctl from '../../tools/sysctl/sysctl.js';
import type { DesiredState } from '../../tools/tools.js';
import type { Artifact, Backend, PortCounts } from '../backend.js';
import { iptablesFile, RULES_FILE } from '../shared/files.js';
import { partOf } from '../shared/parts.js';
import { admit, unserved } from './admit.js';
import { DEVICE } from './context.js';
import { keep } from './keep.js';
import { lower } from './lower.js';
import { formerly, ipvsOurs } from './ours.js';

export const ipvs: Backend = {
  mode: 'ipvs',
  layouts: ['kube-proxy'],
  localPolicy: 'fallback',
  files: [...Object.values(RULES_FILE), 'ipset.rules', 'ipvsadm.rules', 'addresses.rules', 'sysctl.conf'],
  admit,
  unserved,
  lower,
  keep,
  artifacts,
  tools: ['iptables', 'ipset', 'ipvs', 'addresses'],
  periods: ({ daemon }) => daemon.periods.ipvs,
  ours: ipvsOurs,
  formerly,
};

/** In load order: a rule or address comes after what it leads to. */
function artifacts(state: DesiredState, counts: PortCounts): readonly Artifact[] {
  const { iptables, ipset: sets = [], ipvs: { timeouts, virtualServers } = { virtualServers: [] } } = state;
  const bound = state.addresses?.addresses ?? [];
  const families = (iptables?.ruleSets ?? []).map(({ family }) => ({ family, ports: counts[family] ?? 0 }));
  const both = { ports: families.reduce((sum, { ports }) => sum + ports, 0) };
  const device = { device: DEVICE, create: true, addresses: [] };
  return [
    { name: 'sysctl.conf', parts: [partOf(both, state.sysctl ?? {}, sysctl)], sections: wholeText('sysctl') },
    {
      name: 'ipset.rules',
      parts: families.map((about) => partOf(about, ipsetTool.ofFamily(sets, about.family), ipset)),
      sections: setSections,
    },
    ...(iptables?.ruleSets ?? []).map((ruleSet) => iptablesFile(ruleSet, counts)),
    {
      name: 'ipvsadm.rules',
      parts: [
        ...(timeouts ? [partOf({ ports: 0 }, { timeouts, virtualServers: [] }, servers)] : []),
        ...families.map((about) => partOf(about, ipvsTool.ofFamily({ virtualServers }, about.family), servers)),
      ],
      sections: (text) => sectionsOf(virtualServers)(text),
    },
    {
      name: 'addresses.rules',
      parts: [
        partOf({ ports: 0 }, device, addresses),
        ...families.map((about) =>
          partOf(
            about,
            { create: false, ...addressesTool.ofFamily({ device: DEVICE, addresses: bound }, about.family) },
            addresses,
          ),
        ),
      ],
      sections: wholeText(DEVICE),
    },
  ];
}

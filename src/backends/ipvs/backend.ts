/**
 * The ipvs proxy mode as a backend: virtual servers, and around them ipsets, a few iptables rules, addresses and kernel
 * parameters, each as an artifact for its own tool.
 */

import { wholeText } from '../../text.js';
import * as addresses from '../../tools/addresses/print.js';
import * as ipset from '../../tools/ipset/print.js';
import { sections as setSections } from '../../tools/ipset/sections.js';
import * as servers from '../../tools/ipvs/print.js';
import { sectionsOf } from '../../tools/ipvs/sections.js';
import * as sysctl from '../../tools/sysctl.js';
import type { Artifact, Backend, FamilyProgram, Program } from '../backend.js';
import { iptablesFile } from '../shared/files.js';
import { partOf } from '../shared/parts.js';
import { admit } from './admit.js';
import { DEVICE } from './context.js';
import { lower } from './lower.js';

export const ipvs: Backend = {
  mode: 'ipvs',
  layouts: ['kube-proxy'],
  localPolicy: 'fallback',
  admit,
  lower,
  artifacts,
};

/** In the order to load them: what a rule or an address leads to is there before it. */
function artifacts({ families, timeouts, sysctls }: Program): readonly Artifact[] {
  const both = { ports: families.reduce((sum, { about }) => sum + about.ports, 0) };
  const device = { device: DEVICE, create: true, addresses: [] };
  return [
    { name: 'sysctl.conf', parts: [partOf(both, sysctls, sysctl)], sections: wholeText('sysctl') },
    {
      name: 'ipset.rules',
      parts: families.map(({ about, sets }) => partOf(about, sets, ipset)),
      sections: setSections,
    },
    ...families.map(({ ruleSet, about }) => iptablesFile(ruleSet, about.ports)),
    {
      name: 'ipvsadm.rules',
      parts: [
        ...(timeouts ? [partOf({ ports: 0 }, { timeouts, virtualServers: [] }, servers)] : []),
        ...families.map(({ about, virtualServers }) => partOf(about, { virtualServers }, servers)),
      ],
      sections: (text) => sectionsOf(families.flatMap(({ virtualServers }) => virtualServers))(text),
    },
    {
      name: 'addresses.rules',
      parts: [partOf({ ports: 0 }, device, addresses), ...families.map(addressPart)],
      sections: wholeText(DEVICE),
    },
  ];
}

function addressPart({ about, addresses: bound }: FamilyProgram) {
  return partOf(about, { device: DEVICE, create: false, addresses: bound }, addresses);
}

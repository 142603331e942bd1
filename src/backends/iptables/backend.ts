/**
 * The iptables proxy mode as a backend: one artifact per family.
 */

import type { Options } from '../../options.js';
import type { Backend, Lowering, Program, Resolved } from '../backend.js';
import { iptablesFile } from '../shared/files.js';
import { admit } from './admit.js';
import { LAYOUT_NAMES, lower as lowerFamily } from './lower.js';

export const iptables: Backend = {
  mode: 'iptables',
  layouts: LAYOUT_NAMES,
  localPolicy: 'strict',
  admit,
  lower,
  artifacts: ({ families }) => families.map(({ ruleSet, about }) => iptablesFile(ruleSet, about.ports)),
};

function lower(resolved: readonly Resolved[], options: Options, how: Lowering): Program {
  const families = resolved.map(({ node, ports }) => ({
    about: { family: node.family, ports: ports.length },
    ruleSet: lowerFamily(ports, node, options, how),
    sets: [],
    virtualServers: [],
    addresses: [],
  }));
  // Without it the kernel takes no packet from 127.0.0.1 to another machine, which a node port there is (k/k proxier).
  const onLoopback = resolved.some(({ node }) => node.localhostNodePorts);
  return { families, sysctls: onLoopback ? { 'net.ipv4.conf.all.route_localnet': 1 } : {} };
}

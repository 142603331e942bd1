/**
 * The iptables proxy mode as a backend: one artifact per family.
 */
import type { Options } from '../../options.js';
import type { DesiredState } from '../../tools/tools.js';
import type { Backend, Lowering, Resolved } from '../backend.js';
import { iptablesFile, RULES_FILE } from '../shared/files.js';
import { loopbackFile, loopbackListeners, RELAY_FILE } from '../shared/loopback.js';
import { admit } from './admit.js';
import { LAYOUT_NAMES, lower as lowerFamily } from './lower.js';
import { formerly, iptablesOurs } from './ours.js';

export const iptables: Backend = {
  mode: 'iptables',
  layouts: LAYOUT_NAMES,
  liveLayout: 'fast',
  localPolicy: 'strict',
  files: [...Object.values(RULES_FILE), RELAY_FILE],
  admit,
  lower,
  artifacts: (state, ports) => [
    ...(state.iptables?.ruleSets ?? []).map((ruleSet) => iptablesFile(ruleSet, ports)),
    ...loopbackFile(state.relay),
  ],
  tools: ['iptables'],
  periods: ({ daemon }) => daemon.periods.iptables,
  ours: iptablesOurs,
  formerly,
};

function lower(resolved: readonly Resolved[], options: Options, how: Lowering): DesiredState {
  const ruleSets = resolved.map(({ node, ports }) => lowerFamily(ports, node, options, how));
  // By default the kernel does not route packets from 127.0.0.1, as node ports there require (k/k proxier).
  const onLoopback = resolved.some(({ node }) => node.localhostNodePorts);
  const relay = loopbackListeners(resolved);
  return {
    iptables: { ruleSets, isComplete: true },
    sysctl: onLoopback ? { 'net.ipv4.conf.all.route_localnet': 1 } : {},
    ...(relay.length > 0 && { relay }),
  };
}

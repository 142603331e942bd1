/**
 * The iptables proxy mode as a backend: one artifact per family.
 */
import type { Options } from '../../options.js';
import type { RuleSet } from '../../tools/iptables/types.js';
import type { DesiredState } from '../../tools/tools.js';
import type { Backend, Kept, Lowering, Resolved } from '../backend.js';
import { claimsOf } from '../shared/conflicts.js';
import { keepFamilies } from '../shared/families.js';
import { iptablesFile, RULES_FILE } from '../shared/files.js';
import { loopbackFile, loopbackListeners, RELAY_FILE } from '../shared/loopback.js';
import { admit } from './admit.js';
import { keep as keepFamily, LAYOUT_NAMES, lower as lowerFamily } from './lower.js';
import { formerly, iptablesOurs } from './ours.js';

export const iptables: Backend = {
  mode: 'iptables',
  layouts: LAYOUT_NAMES,
  liveLayout: 'fast',
  localPolicy: 'strict',
  files: [...Object.values(RULES_FILE), RELAY_FILE],
  admit,
  lower,
  keep,
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
  return stateOf(
    resolved,
    resolved.map((each) => lowerFamily(each, options, how)),
  );
}

function keep(resolved: readonly Resolved[], options: Options, how: Lowering): Kept {
  const { replace, lower } = keepFamilies(resolved, (each) => keepFamily(each, options, how));
  return {
    claims: claimsOf,
    needs: () => [],
    replace,
    lower: (part) => stateOf(part, lower(part)),
  };
}

function stateOf(resolved: readonly Resolved[], ruleSets: readonly RuleSet[]): DesiredState {
  // By default the kernel does not route packets from 127.0.0.1, as node ports there require (k/k proxier).
  const onLoopback = resolved.some(({ node }) => node.localhostNodePorts);
  const relay = loopbackListeners(resolved);
  return {
    iptables: { ruleSets, isComplete: true },
    sysctl: onLoopback ? { 'net.ipv4.conf.all.route_localnet': 1 } : {},
    ...(relay && { relay }),
  };
}

/**
 * The userspace proxy mode as a backend: rules lead connections to the relay, which is a part of the daemon.
 */
import type { Family } from '../../ip.js';
import { FAMILIES, familyOf } from '../../ip.js';
import type { Options } from '../../options.js';
import { parse } from '../../tools/relay/parse.js';
import { print, toData } from '../../tools/relay/print.js';
import { toSection } from '../../tools/relay/tool.js';
import { heldBy, type Listener } from '../../tools/relay/types.js';
import type { DesiredState } from '../../tools/tools.js';
import type { Artifact, Backend, Part, PortCounts, Resolved } from '../backend.js';
import { iptablesFile, RULES_FILE } from '../shared/files.js';
import { RELAY_FILE } from '../shared/loopback.js';
import { partOf } from '../shared/parts.js';
import { admit } from './admit.js';
import { listenersOf } from './listeners.js';
import { formerly, userspaceOurs } from './ours.js';
import { tablesOf } from './rules.js';

export const userspace: Backend = {
  mode: 'userspace',
  layouts: ['kube-proxy'],
  localPolicy: 'strict',
  files: [...Object.values(RULES_FILE), RELAY_FILE],
  needsDaemon: true,
  admit,
  lower,
  remember,
  artifacts,
  tools: ['iptables', 'relay'],
  periods: ({ daemon }) => daemon.periods.iptables,
  ours: userspaceOurs,
  formerly,
};

function lower(resolved: readonly Resolved[], options: Options): DesiredState {
  const families = resolved.map(({ node, ports }) => {
    const served = listenersOf(ports, node, options).flatMap((each) => ('listener' in each ? [each] : []));
    return { ruleSet: { family: node.family, tables: tablesOf(ports, served, node) }, served };
  });
  return {
    iptables: { ruleSets: families.map(({ ruleSet }) => ruleSet), isComplete: true },
    relay: families.flatMap(({ served }) => served.map(({ listener }) => listener)),
  };
}

/** Each listener keeps its port while the node runs, whatever comes and goes before it in order. */
function remember(options: Options, { relay = [] }: DesiredState): Options {
  const { machine } = options;
  if (!machine) return options;
  const { taken = [] } = machine.proxyPorts ?? {};
  return { ...options, machine: { ...machine, proxyPorts: { taken, held: relay.map(heldBy) } } };
}

function artifacts({ iptables, relay = [] }: DesiredState, ports: PortCounts): readonly Artifact[] {
  const part = (family: Family): Part => {
    const own: readonly Listener[] = relay.filter(({ address }) => familyOf(address) === family);
    return partOf({ family, ports: ports[family] ?? 0 }, own, { print, toData });
  };
  const listeners: Artifact = {
    name: RELAY_FILE,
    parts: FAMILIES.map(part),
    sections: (text) => parse(text).value.map(toSection),
  };
  return [...(iptables?.ruleSets ?? []).map((ruleSet) => iptablesFile(ruleSet, ports)), listeners];
}

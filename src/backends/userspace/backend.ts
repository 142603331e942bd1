/**
 * The userspace proxy mode as a backend: rules lead connections to the relay, which is a part of the daemon.
 */
import type { Family } from '../../ip.js';
import { FAMILIES, familyOf } from '../../ip.js';
import { parse } from '../../tools/relay/parse.js';
import { print, toData } from '../../tools/relay/print.js';
import { toSection } from '../../tools/relay/tool.js';
import type { Listener } from '../../tools/relay/types.js';
import type { DesiredState } from '../../tools/tools.js';
import type { Artifact, Backend, Part, PortCounts } from '../backend.js';
import { iptablesFile, RULES_FILE } from '../shared/files.js';
import { RELAY_FILE } from '../shared/loopback.js';
import { partOf } from '../shared/parts.js';
import { admit } from './admit.js';
import { keep, lower, noRoom } from './lower.js';
import { formerly, userspaceOurs } from './ours.js';

export const userspace: Backend = {
  mode: 'userspace',
  layouts: ['kube-proxy'],
  localPolicy: 'strict',
  files: [...Object.values(RULES_FILE), RELAY_FILE],
  needsDaemon: true,
  admit,
  noRoom,
  lower,
  keep,
  artifacts,
  tools: ['iptables', 'relay'],
  periods: ({ daemon }) => daemon.periods.iptables,
  ours: userspaceOurs,
  formerly,
};

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

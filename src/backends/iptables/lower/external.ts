/**
 * lower, part: KUBE-EXT and KUBE-FW, through which traffic to external addresses enters.
 */
import type { Frontend } from '../../../resolve/types.js';
import { CHAIN } from '../names.js';
import { type Chain, comment, is, jumpTo, type Match, type Rule, rule } from '../rules.js';
import { KIND } from './frontends.js';
import { fromPods, type NamedPort, policyChain } from './port.js';

/** KUBE-EXT, where traffic from outside is prepared, and KUBE-FW before it, where source ranges are applied. */
export function externalChains(named: NamedPort): readonly Chain[] {
  const { chains, port } = named;
  const open = port.frontends.filter(({ kind, whenEmpty }) => kind !== 'ClusterIP' && whenEmpty !== 'reject');
  const [any] = open;
  const restricted = open.find(({ sourceRanges }) => sourceRanges);
  const { origin } = port;
  return [
    ...(any ? [{ name: chains.external, rules: () => externalRules(named, any), origin }] : []),
    ...(restricted ? [{ name: chains.firewall, rules: () => firewallRules(named, restricted), origin }] : []),
  ];
}

/**
 * Policy Cluster may send a packet to another node, so it is masqueraded for the answer to come back through here.
 * Policy Local keeps the client's address; but this node and its pods, which could just as well talk to the cluster IP,
 * are served by all endpoints, the node itself masqueraded because its source would be the external address.
 */
function externalRules({ text, chains, context }: NamedPort, frontend: Frontend): readonly Rule[] {
  const destinations = `for ${text} external destinations`;
  const entry = frontend.whenEmpty ? [] : [rule({}, [], jumpTo(policyChain(frontend, chains)))];
  const mark = jumpTo(CHAIN.markMasquerade);
  if (frontend.policy === 'Cluster') {
    return [rule({}, [comment(`masquerade traffic ${destinations}`)], mark), ...entry];
  }
  const all = jumpTo(chains.cluster);
  const { podTraffic } = context.node;
  const fromNode: Match = { kind: 'addrtype', side: 'source', type: 'LOCAL' };
  return [
    ...(podTraffic ? [rule(fromPods(podTraffic, is), [comment(`pod traffic ${destinations}`)], all)] : []),
    rule({}, [comment(`masquerade LOCAL traffic ${destinations}`), fromNode], mark),
    rule({}, [comment(`route LOCAL traffic ${destinations}`), fromNode], all),
    ...entry,
  ];
}

/** Who is let through; all others fall out of the chain without DNAT and meet the drop in KUBE-PROXY-FIREWALL. */
function firewallRules({ text, chains }: NamedPort, frontend: Frontend): readonly Rule[] {
  const label = comment(`${text}${KIND.LoadBalancerIP.label}`);
  const allowed = (frontend.sourceRanges ?? []).map((range) =>
    rule({ source: is(range.text) }, [label], jumpTo(chains.external)),
  );
  return [...allowed, rule({}, [comment(`other traffic to ${text} will be dropped by ${CHAIN.proxyFirewall}`)])];
}

/**
 * lower, part: KUBE-EXT and KUBE-FW, through which traffic to external addresses enters.
 */

import type { Frontend, SourceRanges } from '../../../resolve/types.js';
import { type Chain, comment, host, is, jumpTo, type Match, type Rule, rule } from '../../../tools/iptables/types.js';
import { MARK_MASQUERADE } from '../../shared/masquerade.js';
import { fromPods } from '../../shared/pods.js';
import { CHAIN } from '../names.js';
import { KIND } from './frontends.js';
import { type NamedPort, policyChain } from './port.js';

/** KUBE-EXT, which prepares traffic from outside, and KUBE-FW before it, which applies source ranges. */
export function externalChains(named: NamedPort): readonly Chain[] {
  const { chains, port } = named;
  const open = port.frontends.filter(({ kind, whenEmpty }) => kind !== 'ClusterIP' && whenEmpty !== 'reject');
  const [any] = open;
  const restricted = open.find(({ sourceRanges }) => sourceRanges)?.sourceRanges;
  const whose = { origin: port.origin, owner: port.name };
  return [
    ...(any ? [{ name: chains.external, rules: () => externalRules(named, any), ...whose }] : []),
    ...(restricted ? [{ name: chains.firewall, rules: () => firewallRules(named, restricted), ...whose }] : []),
  ];
}

/**
 * Under policy Cluster a packet may go to another node, so it is masqueraded to bring the reply back through this node.
 * Policy Local keeps the client's address. But this node and its pods are served by all endpoints, because they could
 * as well use the cluster IP; the node itself is masqueraded, because its source would be the external address.
 */
function externalRules({ text, chains, context }: NamedPort, frontend: Frontend): readonly Rule[] {
  const destinations = `for ${text} external destinations`;
  const entry = frontend.whenEmpty ? [] : [rule({}, [], jumpTo(policyChain(frontend, chains)))];
  const mark = jumpTo(MARK_MASQUERADE);
  if (frontend.policy === 'Cluster') {
    return [rule({}, [comment(`masquerade traffic ${destinations}`)], mark), ...entry];
  }
  const all = jumpTo(chains.cluster);
  const { podTraffic } = context.node;
  const fromNode: Match = { kind: 'addrtype', side: 'source', type: is('LOCAL') };
  return [
    ...(podTraffic ? [rule(fromPods(podTraffic, is), [comment(`pod traffic ${destinations}`)], all)] : []),
    rule({}, [comment(`masquerade LOCAL traffic ${destinations}`), fromNode], mark),
    rule({}, [comment(`route LOCAL traffic ${destinations}`), fromNode], all),
    ...entry,
  ];
}

/** Lets allowed sources pass; all others leave the chain without DNAT and reach the drop in KUBE-PROXY-FIREWALL. */
function firewallRules({ text, chains, port }: NamedPort, { ranges, node }: SourceRanges): readonly Rule[] {
  const label = comment(`${text}${KIND.LoadBalancerIP.label}`);
  const vips = port.frontends.flatMap(({ kind, ip }) => (kind === 'LoadBalancerIP' && ip !== undefined ? [ip] : []));
  const sources = [...ranges.map((range) => range.text), ...(node ? vips.map(host) : [])];
  const allowed = sources.map((source) => rule({ source: is(source) }, [label], jumpTo(chains.external)));
  return [...allowed, rule({}, [comment(`other traffic to ${text} will be dropped by ${CHAIN.proxyFirewall}`)])];
}

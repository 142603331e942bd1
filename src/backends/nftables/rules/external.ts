/**
 * lower, part: the chains of traffic to external addresses.
 */
import { hostCidr, parseIp } from '../../../ip.js';
import type { Frontend, ServicePort, SourceRanges } from '../../../resolve/types.js';
import type { Chain, Rule } from '../../../tools/nft/types.js';
import { intervals } from './intervals.js';
import type { NamedPort } from './port.js';
import { DROP, fromPods, goto, match, rule, saddr, setMark } from './statements.js';

/** The entrance of traffic from outside, and the chain that applies source ranges. */
export function externalChains(named: NamedPort): readonly Chain[] {
  const { chains, port } = named;
  const open = port.frontends.find(({ kind, whenEmpty }) => kind !== 'ClusterIP' && whenEmpty !== 'reject');
  const restricted = port.frontends.find(({ sourceRanges }) => sourceRanges)?.sourceRanges;
  const whose = { origin: port.origin, owner: port.name };
  return [
    ...(open ? [{ name: chains.external, rules: () => externalRules(named, open), ...whose }] : []),
    ...(restricted ? [{ name: chains.firewall, rules: () => [firewallRule(named, restricted)], ...whose }] : []),
  ];
}

/**
 * Under policy Cluster a packet may go to another node, so it is masqueraded to bring the reply back through this node.
 * Policy Local keeps the client's address. But this node and its pods are served by all endpoints, because they could
 * as well use the cluster IP; the node itself is masqueraded, because its source would be the external address.
 */
export function externalRules(
  { chains, context }: Pick<NamedPort, 'chains' | 'context'>,
  { policy, whenEmpty }: Pick<Frontend, 'policy' | 'whenEmpty'>,
): readonly Rule[] {
  const { podTraffic } = context.node;
  const all = goto(chains.cluster);
  if (policy === 'Cluster') return [rule([setMark(context.mark)], 'masquerade'), rule([all])];
  const fromNode = match({ kind: 'fib', flags: ['saddr'], result: 'type' }, ['local']);
  return [
    ...(podTraffic ? [rule([fromPods(podTraffic, '==', context), all], 'short-circuit pod traffic')] : []),
    rule([fromNode, setMark(context.mark)], 'masquerade local traffic'),
    rule([fromNode, all], 'short-circuit local traffic'),
    ...(whenEmpty ? [] : [rule([goto(chains.local)])]),
  ];
}

/** Drops what comes from other sources; all else goes on. */
function firewallRule({ port, context }: NamedPort, sources: SourceRanges): Rule {
  return rule([match(saddr(context), allowedSources(port, sources), '!='), DROP]);
}

/** The sources that may use load-balancer IPs of `port`; the IPs themselves are those of a node that is allowed. */
export function allowedSources({ frontends }: ServicePort, { ranges, node }: SourceRanges): readonly string[] {
  const vips = frontends.flatMap(({ kind, ip }) => (kind === 'LoadBalancerIP' && ip !== undefined ? [ip] : []));
  const own = node ? vips.flatMap((ip) => parseIp(ip) ?? []).map(hostCidr) : [];
  return intervals([...ranges, ...own]);
}

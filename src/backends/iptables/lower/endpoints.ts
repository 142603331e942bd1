/**
 * lower, part: KUBE-SVC and KUBE-SVL, which pick an endpoint, and KUBE-SEP, which sends the packet there.
 */
import { joinHostPort } from '../../../ip.js';
import type { Endpoint, Frontend } from '../../../resolve/types.js';
import {
  type Chain,
  comment,
  host,
  is,
  jumpTo,
  type Match,
  not,
  type Rule,
  rule,
} from '../../../tools/iptables/types.js';
import { MARK_MASQUERADE } from '../../shared/masquerade.js';
import { fromPods } from '../../shared/pods.js';
import { KIND } from './frontends.js';
import { endpointComment, type NamedPort, toFrontend } from './port.js';

/** KUBE-SVC and KUBE-SVL: one chain for each policy that has endpoints. */
export function policyChains(named: NamedPort): readonly Chain[] {
  const { chains, port } = named;
  const policies = [
    { policy: 'Cluster', name: chains.cluster, endpoints: port.endpoints.cluster },
    { policy: 'Local', name: chains.local, endpoints: port.endpoints.local },
  ];
  return policies
    .filter(({ endpoints }) => endpoints.length > 0)
    .map(({ policy, name, endpoints }) => ({
      name,
      rules: () => [
        ...port.frontends
          .filter((frontend) => frontend.kind === 'ClusterIP' && frontend.policy === policy)
          .flatMap((frontend) => masqueradeClusterIP(named, frontend)),
        ...balance(named, endpoints),
      ],
      origin: port.origin,
      owner: port.name,
    }));
}

/**
 * Traffic from outside the cluster to a cluster IP was routed to this node by the sender's network. Masquerading makes
 * the reply come back through this node.
 */
function masqueradeClusterIP(named: NamedPort, frontend: Frontend): readonly Rule[] {
  if (frontend.masquerade === 'never') return [];
  const { header, l4 } = toFrontend(named, frontend);
  const { podTraffic } = named.context.node;
  const offCluster = frontend.masquerade === 'off-cluster' && podTraffic ? fromPods(podTraffic, not) : {};
  const label = comment(`${named.text}${KIND.ClusterIP.label}`);
  return [rule({ ...header, ...offCluster }, [label, l4], jumpTo(MARK_MASQUERADE))];
}

/**
 * One endpoint for each connection, all equally likely. With session affinity a client first tries the endpoint it had.
 */
function balance(named: NamedPort, endpoints: readonly Endpoint[]): readonly Rule[] {
  const { affinity } = named.port;
  const to = (endpoint: Endpoint, match?: Match): Rule => {
    const label = endpointComment(named, `${named.text} -> ${joinHostPort(endpoint.ip, endpoint.port)}`);
    return rule({}, match ? [...label, match] : label, jumpTo(chainOf(named, endpoint)));
  };
  const recent = (endpoint: Endpoint, seconds: number): Match => {
    return { kind: 'recent', list: chainOf(named, endpoint), check: { kind: 'rcheck', seconds } };
  };
  const sticky = affinity ? endpoints.map((endpoint) => to(endpoint, recent(endpoint, affinity.timeoutSeconds))) : [];
  const random = endpoints.map((endpoint, i) => {
    const left = endpoints.length - i;
    return left === 1 ? to(endpoint) : to(endpoint, { kind: 'statistic', probability: oneIn(left) });
  });
  return [...sticky, ...random];
}

/**
 * 1/n in units of 2^-31. kube-proxy prints ten decimals and iptables rounds those, so this rounds twice too: for some
 * large n a single rounding gives another result.
 */
function oneIn(n: number): number {
  return Math.round(Number((1 / n).toFixed(10)) * 2 ** 31);
}

/** KUBE-SEP: DNAT to one endpoint, with masquerading when the endpoint connects to itself (hairpin). */
export function endpointChains(named: NamedPort): readonly Chain[] {
  const { endpoints, origin, name: owner } = named.port;
  return endpoints.reachable.map((endpoint) => ({
    name: chainOf(named, endpoint),
    rules: () => endpointRules(named, endpoint),
    origin,
    owner,
  }));
}

function endpointRules(named: NamedPort, endpoint: Endpoint): readonly Rule[] {
  const { port, text, protocol } = named;
  const label = endpointComment(named, text);
  const remember: readonly Match[] = port.affinity
    ? [{ kind: 'recent', list: chainOf(named, endpoint), check: { kind: 'set' } }]
    : [];
  return [
    rule({ source: is(host(endpoint.ip)) }, label, jumpTo(MARK_MASQUERADE)),
    rule({ protocol }, [...label, ...remember, { kind: 'l4', protocol }], {
      kind: 'dnat',
      ip: endpoint.ip,
      port: endpoint.port,
    }),
  ];
}

/** Every endpoint that a policy uses is reachable, so it has a chain. */
function chainOf(named: NamedPort, endpoint: Endpoint): string {
  return named.endpointChains().get(endpoint) ?? '';
}

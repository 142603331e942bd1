/**
 * lower, part: the rules that depend on no Service: jumps from the built-in chains, masquerading, forwarding.
 */
import {
  comment,
  DROP,
  host,
  is,
  jumpTo,
  type Match,
  not,
  type Rule,
  rule,
  states,
} from '../../../tools/iptables/types.js';
import { forwardMarked, MARK_MASQUERADE, markMasquerade, masqueradeMarked } from '../../shared/masquerade.js';
import type { OurTable, SharedRule } from '../../shared/shared-chains.js';
import { CHAIN } from '../names.js';
import type { Context } from './context.js';

/** Jumps from built-in chains to our chains; in the order of a node where kube-proxy ran. */
export const JUMPS: Readonly<Record<OurTable, Readonly<Record<string, readonly Rule[]>>>> = {
  filter: {
    INPUT: [
      jump(CHAIN.kubeletFirewall),
      jump(CHAIN.proxyFirewall, states('NEW'), comment('kubernetes load balancer firewall')),
      jump(CHAIN.nodePorts, comment('kubernetes health check service ports')),
      jump(CHAIN.externalServices, states('NEW'), comment('kubernetes externally-visible service portals')),
    ],
    FORWARD: [
      jump(CHAIN.proxyFirewall, states('NEW'), comment('kubernetes load balancer firewall')),
      jump(CHAIN.forward, comment('kubernetes forwarding rules')),
      jump(CHAIN.services, states('NEW'), comment('kubernetes service portals')),
      jump(CHAIN.externalServices, states('NEW'), comment('kubernetes externally-visible service portals')),
    ],
    OUTPUT: [
      jump(CHAIN.kubeletFirewall),
      jump(CHAIN.proxyFirewall, states('NEW'), comment('kubernetes load balancer firewall')),
      jump(CHAIN.services, states('NEW'), comment('kubernetes service portals')),
    ],
  },
  nat: {
    PREROUTING: [jump(CHAIN.services, comment('kubernetes service portals'))],
    OUTPUT: [jump(CHAIN.services, comment('kubernetes service portals'))],
    POSTROUTING: [jump(CHAIN.postrouting, comment('kubernetes postrouting rules'))],
  },
};

/** The rules at the top of our fixed chains. */
export function staticRules(context: Context): readonly SharedRule[] {
  const { masqueradeMark: mark, features } = context;
  const into = (table: OurTable, chain: string, rules: readonly Rule[]) =>
    rules.map((rule) => ({ table, chain, rule }));
  return [
    ...into('filter', CHAIN.kubeletFirewall, kubeletFirewall(context)),
    ...into('filter', CHAIN.forward, [...dropInvalid(context), ...forwardMarked(mark)]),
    ...into('nat', MARK_MASQUERADE, [markMasquerade(mark)]),
    ...into('nat', CHAIN.postrouting, masqueradeMarked(mark, features)),
  ];
}

/**
 * Node ports on 127.0.0.1 need the sysctl route_localnet. It would let a neighbour on the network reach any loopback
 * service of the node, by routing 127.0.0.1 to it; this rule prevents that (CVE-2020-8558, k/k#90259).
 */
function kubeletFirewall({ node }: Context): readonly Rule[] {
  if (!node.localhostNodePorts) return [];
  const fromElsewhere = { source: not('127.0.0.0/8'), destination: is('127.0.0.0/8') };
  const unknown: Match = { kind: 'conntrack', states: not(['RELATED', 'ESTABLISHED', 'DNAT']) };
  return [rule(fromElsewhere, [comment('block incoming localnet connections'), unknown], DROP)];
}

/**
 * Packets that conntrack cannot assign to a connection are dropped. Forwarding them would leave DNAT undone, and the
 * client would reset the connection (k/k#74839).
 */
function dropInvalid({ tcpBeLiberal }: Context): readonly Rule[] {
  return tcpBeLiberal ? [] : [rule({}, [states('INVALID')], DROP)];
}

const NODE_PORTS_LAST = 'kubernetes service nodeports; NOTE: this must be the last rule in this chain';
const LOOPBACK = { ipv4: '127.0.0.0/8', ipv6: '::1/128' } as const;

/** The end of the way through virtual IPs: a packet to an address of the node itself may be for a node port. */
export function jumpToNodePorts({ node }: Context, chain: string = CHAIN.nodePorts): readonly Rule[] {
  const last = comment(NODE_PORTS_LAST);
  const target = jumpTo(chain);
  if (node.nodePorts.on === 'local-addresses') {
    const header = node.nodePorts.loopback ? {} : { destination: not(LOOPBACK[node.family]) };
    return [rule(header, [last, { kind: 'addrtype', side: 'destination', type: is('LOCAL') }], target)];
  }
  return node.nodePorts.addresses.map((ip) => rule({ destination: is(host(ip)) }, [last], target));
}

/** A jump for every packet that `matches`. */
function jump(chain: string, ...matches: readonly Match[]): Rule {
  return rule({}, matches, jumpTo(chain));
}

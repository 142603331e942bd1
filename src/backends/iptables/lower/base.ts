/**
 * lower, part: the rules that do not depend on any Service: jumps from the built-in chains, masquerading, forwarding.
 */
import { CHAIN } from '../names.js';
import {
  ACCEPT,
  type ConntrackState,
  comment,
  DROP,
  is,
  jumpTo,
  type Match,
  not,
  RETURN,
  type Rule,
  rule,
  type TableName,
} from '../rules.js';
import type { Context } from './context.js';

/** A rule for the end of a chain that several Services share. */
export interface SharedRule {
  readonly table: TableName;
  readonly chain: string;
  readonly rule: Rule;
}

/** In the kernel's order. */
export const BUILT_IN_CHAINS: Readonly<Record<TableName, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
};

/** Jumps that send traffic through our chains, by built-in chain; the order is that of a node where kube-proxy ran. */
export const JUMPS: Readonly<Record<TableName, Readonly<Record<string, readonly Rule[]>>>> = {
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

/** The rules that start our fixed chains. */
export function staticRules(context: Context): readonly SharedRule[] {
  return [
    ...kubeletFirewall(context).map((rule) => ({ table: 'filter', chain: CHAIN.kubeletFirewall, rule }) as const),
    ...forward(context).map((rule) => ({ table: 'filter', chain: CHAIN.forward, rule }) as const),
    { table: 'nat', chain: CHAIN.markMasquerade, rule: markMasquerade(context) },
    ...postrouting(context).map((rule) => ({ table: 'nat', chain: CHAIN.postrouting, rule }) as const),
  ];
}

/**
 * Node ports on 127.0.0.1 need the sysctl route_localnet, which lets a neighbour reach any loopback service of the node
 * by routing 127.0.0.1 to it; this closes that hole (CVE-2020-8558, k/k#90259).
 */
function kubeletFirewall({ node }: Context): readonly Rule[] {
  if (!node.localhostNodePorts) return [];
  const fromElsewhere = { source: not('127.0.0.0/8'), destination: is('127.0.0.0/8') };
  const unknown: Match = { kind: 'conntrack', states: not(['RELATED', 'ESTABLISHED', 'DNAT']) };
  return [rule(fromElsewhere, [comment('block incoming localnet connections'), unknown], DROP)];
}

/**
 * Packets that conntrack can't place are dropped: forwarded without DNAT undone, they would make the client reset the
 * connection (k/k#74839). Our own traffic is accepted, whatever the FORWARD policy.
 */
function forward({ tcpBeLiberal, masqueradeMark: mark }: Context): readonly Rule[] {
  const marked: Match = { kind: 'mark', mark: is({ value: mark, mask: mark }) };
  return [
    ...(tcpBeLiberal ? [] : [rule({}, [states('INVALID')], DROP)]),
    rule({}, [comment('kubernetes forwarding rules'), marked], ACCEPT),
    rule({}, [comment('kubernetes forwarding conntrack rule'), states('RELATED', 'ESTABLISHED')], ACCEPT),
  ];
}

function markMasquerade({ masqueradeMark: mark }: Context): Rule {
  return rule({}, [], { kind: 'mark', value: mark, mask: mark });
}

/** The mark is cleared before masquerading, for a packet that passes POSTROUTING twice, as through a tunnel. */
function postrouting({ masqueradeMark: mark, features }: Context): readonly Rule[] {
  const masquerade = { kind: 'masquerade', randomFully: features.randomFully } as const;
  return [
    rule({}, [{ kind: 'mark', mark: not({ value: mark, mask: mark }) }], RETURN),
    rule({}, [], { kind: 'mark', value: mark, mask: 0 }),
    rule({}, [comment('kubernetes service traffic requiring SNAT')], masquerade),
  ];
}

const NODE_PORTS_LAST = 'kubernetes service nodeports; NOTE: this must be the last rule in this chain';
const LOOPBACK = { ipv4: '127.0.0.0/8', ipv6: '::1/128' } as const;

/** The end of KUBE-SERVICES: what went to an address of the node itself may be for a node port. */
export function jumpToNodePorts({ node }: Context): readonly Rule[] {
  const last = comment(NODE_PORTS_LAST);
  const target = jumpTo(CHAIN.nodePorts);
  if (node.nodePorts.on === 'local-addresses') {
    const header = node.nodePorts.loopback ? {} : { destination: not(LOOPBACK[node.family]) };
    return [rule(header, [last, { kind: 'addrtype', side: 'destination', type: 'LOCAL' }], target)];
  }
  return node.nodePorts.addresses.map((ip) => rule({ destination: is(host(ip)) }, [last], target));
}

/** An address as the network of one that iptables-save shows. */
export function host(ip: string): string {
  return `${ip}/${ip.includes(':') ? 128 : 32}`;
}

/** A jump for every packet that `matches`. */
function jump(chain: string, ...matches: readonly Match[]): Rule {
  return rule({}, matches, jumpTo(chain));
}

function states(...values: readonly ConntrackState[]): Match {
  return { kind: 'conntrack', states: is(values) };
}

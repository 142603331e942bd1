/**
 * The ipsets of kube-proxy's ipvs mode (k/k pkg/proxy/ipvs/ipset.go), with exactly its names, so that its rules and
 * ours can be compared and taken over. All of them exist on every node, even empty, because rules name them.
 */
import type { Family } from '../../ip.js';
import type { Entry, IpSet, SetType } from '../../tools/ipset/types.js';
import type { L4Protocol } from '../../tools/l4.js';

/** By IPv4 name: the type, and the comment of rules that look up the set. */
export const SETS = {
  'KUBE-LOOP-BACK': {
    type: 'hash:ip,port,ip',
    comment: 'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose',
  },
  'KUBE-CLUSTER-IP': {
    type: 'hash:ip,port',
    comment: 'Kubernetes service cluster ip + port for masquerade purpose',
  },
  'KUBE-EXTERNAL-IP': {
    type: 'hash:ip,port',
    comment: 'Kubernetes service external ip + port for masquerade and filter purpose',
  },
  'KUBE-EXTERNAL-IP-LOCAL': {
    type: 'hash:ip,port',
    comment: 'Kubernetes service external ip + port with externalTrafficPolicy=local',
  },
  'KUBE-LOAD-BALANCER': { type: 'hash:ip,port', comment: 'Kubernetes service lb portal' },
  'KUBE-LOAD-BALANCER-FW': {
    type: 'hash:ip,port',
    comment: 'Kubernetes service load balancer ip + port for load balancer with sourceRange',
  },
  'KUBE-LOAD-BALANCER-LOCAL': {
    type: 'hash:ip,port',
    comment: 'Kubernetes service load balancer ip + port with externalTrafficPolicy=local',
  },
  'KUBE-LOAD-BALANCER-SOURCE-IP': {
    type: 'hash:ip,port,ip',
    comment: 'Kubernetes service load balancer ip + port + source IP for packet filter purpose',
  },
  'KUBE-LOAD-BALANCER-SOURCE-CIDR': {
    type: 'hash:ip,port,net',
    comment: 'Kubernetes service load balancer ip + port + source cidr for packet filter purpose',
  },
  'KUBE-NODE-PORT-TCP': { type: 'bitmap:port', comment: 'Kubernetes nodeport TCP port for masquerade purpose' },
  'KUBE-NODE-PORT-LOCAL-TCP': {
    type: 'bitmap:port',
    comment: 'Kubernetes nodeport TCP port with externalTrafficPolicy=local',
  },
  'KUBE-NODE-PORT-UDP': { type: 'bitmap:port', comment: 'Kubernetes nodeport UDP port for masquerade purpose' },
  'KUBE-NODE-PORT-LOCAL-UDP': {
    type: 'bitmap:port',
    comment: 'Kubernetes nodeport UDP port with externalTrafficPolicy=local',
  },
  'KUBE-NODE-PORT-SCTP-HASH': {
    type: 'hash:ip,port',
    comment: "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
  },
  'KUBE-NODE-PORT-LOCAL-SCTP-HASH': {
    type: 'hash:ip,port',
    comment: "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
  },
  'KUBE-HEALTH-CHECK-NODE-PORT': { type: 'bitmap:port', comment: 'Kubernetes health check node port' },
  'KUBE-IPVS-IPS': { type: 'hash:ip', comment: 'Addresses on the ipvs interface' },
} as const satisfies Readonly<Record<string, { readonly type: SetType; readonly comment: string }>>;

export type SetKey = keyof typeof SETS;

/**
 * Node ports by protocol: all, and those under policy Local. A bitmap:port matches ports of TCP and UDP only (the
 * kernel's ip_set_get_ip_port), so SCTP ports are listed with their addresses.
 */
export const NODE_PORT_SETS: Readonly<Record<L4Protocol, { readonly all: SetKey; readonly local: SetKey }>> = {
  tcp: { all: 'KUBE-NODE-PORT-TCP', local: 'KUBE-NODE-PORT-LOCAL-TCP' },
  udp: { all: 'KUBE-NODE-PORT-UDP', local: 'KUBE-NODE-PORT-LOCAL-UDP' },
  sctp: { all: 'KUBE-NODE-PORT-SCTP-HASH', local: 'KUBE-NODE-PORT-LOCAL-SCTP-HASH' },
};

/** The members of each set, by their ipset text, so that there are no duplicates. */
export type Members = Readonly<Record<SetKey, ReadonlyMap<string, Entry>>>;

/** A set name holds 31 characters (IPSET_MAXNAMELEN), which cuts two of the IPv6 names short. */
const MAX_NAME = 31;

/** The set's name in a family. Each family needs its own sets, because a set holds addresses of one family. */
export function setName(key: SetKey, family: Family): string {
  return family === 'ipv4' ? key : key.replace('KUBE-', 'KUBE-6-').slice(0, MAX_NAME);
}

/** All sets of a family, sorted by name. */
export function setsOf(members: Members, family: Family): readonly IpSet[] {
  return SET_KEYS.map((key) => ({
    name: setName(key, family),
    type: SETS[key].type,
    family,
    entries: [...members[key].values()],
  }));
}

export const SET_KEYS = (Object.keys(SETS) as SetKey[]).sort();

/**
 * Vandal, in ipvs mode: a third party that breaks our state on a node. An act without a target does nothing.
 */
import type { Host } from '../../apply/host.js';
import { succeeded } from '../machine/netns.js';

/**
 * The acts as scripts, in which `pick` selects one of many lines. An empty name must not reach a tool: it would mean
 * all.
 */
const ACTS = {
  'flush a chain': 'iptables-nft-save -t nat | chains | pick | xargs -r iptables-nft -t nat -F',
  'flush a chain, IPv6': 'ip6tables-nft-save -t filter | chains | pick | xargs -r ip6tables-nft -t filter -F',
  'delete a rule': 'iptables-nft -t filter -D $(iptables-nft-save -t filter | chains | pick) 1',
  'delete a jump':
    'iptables-nft -t nat -D PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  'flush a set': 'sets | pick | xargs -r ipset flush',
  'delete a member': 'ipset del $(ipset save | grep "^add KUBE" | grep -v ROUTER | pick | cut -d" " -f2-)',
  'add members': `ipset add KUBE-CLUSTER-IP 192.0.2.77,tcp:7; ipset add KUBE-6-NODE-PORT-TCP 7
                  ipset add KUBE-LOAD-BALANCER-SOURCE-CIDR 192.0.2.77,udp:7,192.0.2.0/25`,
  'destroy a set': `for table in nat filter; do
                      for chain in $(iptables-nft-save -t $table | chains); do iptables-nft -t $table -F $chain; done
                    done
                    sets | grep -v KUBE-6 | pick | xargs -r ipset destroy`,
  'a smaller set': `set=$(sets | grep CLUSTER | pick); family=inet; case $set in *-6-*) family=inet6; esac
                    ipset create SMALL hash:ip,port family $family maxelem 1
                    ipset swap SMALL $set; ipset destroy SMALL`,
  'delete a virtual server': 'ipvsadm -D $(servers | grep "^-A" | pick | cut -d" " -f2,3)',
  'delete a real server': 'ipvsadm -d $(servers | grep "^-a" | pick | cut -d" " -f2-5)',
  'add a real server': 'ipvsadm -a $(servers | grep "^-A" | pick | cut -d" " -f2,3) -r 192.0.2.77:7 -m',
  'add a real server that is reached in another way':
    'ipvsadm -a $(servers | grep "^-A -t [0-9]" | pick | cut -d" " -f2,3) -r 192.0.2.77 -g',
  'another weight': 'ipvsadm -e $(servers | grep "^-a" | pick | cut -d" " -f2-5) -m -w 9',
  'another scheduler': 'ipvsadm -E $(servers | grep "^-A" | pick | cut -d" " -f2,3) -s lc -p 77',
  'delete an address': 'ip address delete $(addresses | pick) dev kube-ipvs0',
  'add an address': 'ip address add 192.0.2.77/28 dev kube-ipvs0',
  'delete the device': 'ip link delete kube-ipvs0',
  'set the device up': 'ip link set kube-ipvs0 up',
  'set it back': 'sysctl -qw net.ipv4.vs.conntrack=0 net.ipv4.vs.expire_nodest_conn=0 net.ipv4.ip_forward=0',
} as const;

export type Act = keyof typeof ACTS;

export const ACT_NAMES = Object.keys(ACTS) as Act[];

/** The scripts do not see foreign state. */
const PRELUDE = `
pick() { awk -v n="$0" '{ line[NR] = $0 } END { if (NR) print line[n % NR + 1] }'; }
chains() { grep -o '^:KUBE-[^ ]*' | cut -c2-; }
sets() { ipset list -n | grep ^KUBE- | grep -v ROUTER; }
servers() { ipvsadm -Sn | grep -v '192.0.2.9:\\|2001:db8::9\\|-f 7'; }
addresses() { ip -o address show dev kube-ipvs0 scope global | awk '{ print $4 }'; }
`;

/** Commits one act, on the item selected by `number`. */
export async function vandalise(host: Host, act: Act, number: number): Promise<void> {
  const script = `${PRELUDE}${ACTS[act]} 2>/dev/null || true`;
  succeeded(await host.run(['sh', '-c', script, String(number)]), act);
}

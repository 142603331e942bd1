/**
 * Foreign, in ipvs mode: foreign state of a node other than rules, and the node's state without it.
 */
import type { Host } from '../../apply/host.js';
import type { Variant } from '../machine/kernel.js';
import { succeeded } from '../machine/netns.js';
import { canonical, FOREIGN, load, without } from './foreign.js';
import { readState } from './load-state.js';
import { type NodeState, stateFrom } from './node-state.js';

/** An address on a foreign device. Node ports are served there too, as on every other address. */
const ADDRESS = '192.0.2.9';

/** Sets of fail2ban and one with a name like ours, a foreign IPVS director, and a virtual server by firewall mark. */
const SETUP = `
ipset create f2b-sshd hash:ip timeout 3600
ipset add f2b-sshd 203.0.113.7 timeout 0
ipset create KUBE-ROUTER-PODS hash:ip
ipset add KUBE-ROUTER-PODS 10.244.1.5
ip link add lvs0 type dummy
ip address add ${ADDRESS}/32 dev lvs0
ipvsadm -A -t ${ADDRESS}:80 -s wlc
ipvsadm -a -t ${ADDRESS}:80 -r 192.168.7.50:80 -g -w 3
ipvsadm -A -t ${ADDRESS}:81 -s rr -p 60
ipvsadm -a -t ${ADDRESS}:81 -r 192.168.7.50:8080 -m -w 1
ipvsadm -A -t [2001:db8::9]:80 -s rr
ipvsadm -a -t [2001:db8::9]:80 -r [fd00:7::50]:8080 -m -w 1
ipvsadm -A -f 7 -s rr
ipvsadm -a -f 7 -r 192.168.7.50 -g -w 1
`;

export interface Everything {
  readonly state: NodeState;
  /** Addresses of all devices but ours. */
  readonly addresses: string;
}

/** Gives a node foreign state, including rules. */
export async function makeForeign(host: Host, variant: Variant): Promise<Everything> {
  succeeded(await host.run(['sh', '-ec', SETUP]), 'what others have');
  await load(host, variant, FOREIGN);
  return readEverything(host, variant);
}

export async function readEverything(host: Host, variant: Variant): Promise<Everything> {
  const state = await readState(host, variant);
  const { stdout } = await host.run(['sh', '-c', 'ip -o address show | grep -v kube-ipvs0']);
  const rules = { iptables: canonical(state.iptables), ip6tables: canonical(state.ip6tables) };
  return { state: { ...state, ...rules }, addresses: stdout };
}

export interface Parted {
  readonly rest: NodeState;
  /** Foreign state that is gone or changed. */
  readonly harm: readonly string[];
}

/** The state `now` without `foreign`, which must still be there. */
export function apart(now: Everything, foreign: Everything): Parted {
  const harm: string[] = [];
  const rules = (part: 'iptables' | 'ip6tables') => {
    const parted = without(now.state[part], foreign.state[part]);
    harm.push(...parted.harm);
    return parted.rest;
  };
  const lines = (part: 'ipset' | 'ipvsadm') => {
    const [there, theirs] = [linesOf(now.state[part]), linesOf(foreign.state[part])];
    harm.push(...theirs.filter((line) => !there.includes(line)).map((line) => `gone: ${line}`));
    return withoutTheirs(there.filter((line) => !theirs.includes(line)).join('\n'));
  };
  if (now.addresses !== foreign.addresses) harm.push(`addresses: ${now.addresses}`);
  const rest = stateFrom((part) => {
    if (part === 'iptables' || part === 'ip6tables') return rules(part);
    return part === 'ipset' || part === 'ipvsadm' ? lines(part) : now.state[part];
  });
  return { rest, harm };
}

/** The lines that do not concern the address of the foreign device. */
export function withoutTheirs(text: string): string {
  const rest = linesOf(text).filter((line) => !line.includes(ADDRESS));
  return rest.map((line) => `${line}\n`).join('');
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/**
 * Load state: what ipvs mode compiles to, through the tools into a network namespace and back.
 */
import type { Host, Outcome } from '../../apply/host.js';
import { distinctLines } from '../../tools/lines.js';
import { type Variant, WAIT } from '../machine/kernel.js';
import { succeeded } from '../machine/netns.js';
import { type NodeState, stateFrom } from './node-state.js';

/** The order in which nothing refers to what is not there yet. */
const LOADERS: readonly { readonly part: keyof NodeState; readonly argv: (variant: Variant) => readonly string[] }[] = [
  { part: 'sysctl', argv: () => ['sysctl', '-q', '-p', '/dev/stdin'] },
  { part: 'ipset', argv: () => ['ipset', 'restore'] },
  { part: 'ipvsadm', argv: () => ['ipvsadm', '--restore'] },
  { part: 'iptables', argv: (variant) => [`iptables-${variant}-restore`, '--noflush', WAIT] },
  { part: 'ip6tables', argv: (variant) => [`ip6tables-${variant}-restore`, '--noflush', WAIT] },
  { part: 'addresses', argv: () => ['ip', '-batch', '-'] },
];

/** Loads every part with its tool; throws what a tool says. */
export async function loadState(host: Host, state: NodeState, variant: Variant): Promise<void> {
  for (const { part, argv } of LOADERS) quietly(await host.run(argv(variant), state[part]), part);
}

/** Loads once more what can be: ipvsadm refuses what is there, and without a flush jumps would be there twice. */
export async function loadMembersAgain(host: Host, state: NodeState): Promise<void> {
  quietly(await host.run(['ipset', '-exist', 'restore'], state.ipset), 'ipset');
  const { stderr } = await host.run(['ip', '-force', '-batch', '-'], state.addresses);
  if (/^Error/m.test(stderr)) throw new Error(`addresses: ${stderr}`);
}

/** ipvsadm ends with 0 whatever the kernel refused, so nothing may be said either. */
function quietly(outcome: Outcome, what: string): void {
  const { stderr } = succeeded(outcome, what);
  if (stderr !== '') throw new Error(`${what}: ${stderr}`);
}

const SYSCTLS = [
  'net.ipv4.conf.all.arp_announce',
  'net.ipv4.conf.all.arp_ignore',
  'net.ipv4.ip_forward',
  'net.ipv4.vs.conn_reuse_mode',
  'net.ipv4.vs.conntrack',
  'net.ipv4.vs.expire_nodest_conn',
  'net.ipv4.vs.expire_quiescent_template',
];

/** What every tool says is there, in one program: in the guest each takes a while. */
export async function readState(host: Host, variant: Variant): Promise<NodeState> {
  const commands: NodeState = {
    ipvsadm: 'ipvsadm --save -n',
    ipset: 'ipset save',
    iptables: `iptables-${variant}-save`,
    ip6tables: `ip6tables-${variant}-save`,
    addresses: 'ip -o address show | grep -w kube-ipvs0 || true',
    sysctl: `sysctl ${SYSCTLS.join(' ')}`,
  };
  const parts = Object.keys(commands) as (keyof NodeState)[];
  const script = parts.map((part) => `${commands[part]}; echo ${BORDER}`).join('\n');
  const { stdout } = succeeded(await host.run(['sh', '-ec', script]), 'reading the state');
  const texts = stdout.split(`${BORDER}\n`);
  const state = stateFrom((part) => texts[parts.indexOf(part)] ?? '');
  // The kernel tells a virtual server twice when other namespaces get new ones meanwhile.
  return { ...state, ipvsadm: distinctLines(state.ipvsadm).join('\n') };
}

const BORDER = '--- next';

/**
 * Load state: the compiled state of ipvs mode, loaded by the tools into a network namespace and read back.
 */
import type { Host, Outcome } from '../../apply/host.js';
import { distinctLines } from '../../tools/lines.js';
import { type Variant, WAIT } from '../machine/kernel.js';
import { succeeded } from '../machine/netns.js';
import { type NodeState, stateFrom } from './node-state.js';

/** The tools in an order in which nothing refers to missing parts. */
const LOADERS: readonly { readonly part: keyof NodeState; readonly argv: (variant: Variant) => readonly string[] }[] = [
  { part: 'sysctl', argv: () => ['sysctl', '-q', '-p', '/dev/stdin'] },
  { part: 'ipset', argv: () => ['ipset', 'restore'] },
  { part: 'ipvsadm', argv: () => ['ipvsadm', '--restore'] },
  { part: 'iptables', argv: (variant) => [`iptables-${variant}-restore`, '--noflush', WAIT] },
  { part: 'ip6tables', argv: (variant) => [`ip6tables-${variant}-restore`, '--noflush', WAIT] },
  { part: 'addresses', argv: () => ['ip', '-batch', '-'] },
];

/** Loads every part with its tool; throws the tool's error. */
export async function loadState(host: Host, state: NodeState, variant: Variant): Promise<void> {
  for (const { part, argv } of LOADERS) quietly(await host.run(argv(variant), state[part]), part);
}

/**
 * Loads again what can be loaded twice: ipvsadm refuses existing servers, and without a flush jumps would be
 * duplicated.
 */
export async function loadMembersAgain(host: Host, state: NodeState): Promise<void> {
  quietly(await host.run(['ipset', '-exist', 'restore'], state.ipset), 'ipset');
  const { stderr } = await host.run(['ip', '-force', '-batch', '-'], state.addresses);
  if (/^Error/m.test(stderr)) throw new Error(`addresses: ${stderr}`);
}

/** ipvsadm exits with 0 even when the kernel refused something, so it must not print anything either. */
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

/** The output of every tool, by a single program, because each program takes long to start in the guest. */
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
  // The kernel lists a virtual server twice when other namespaces get new ones meanwhile.
  return { ...state, ipvsadm: distinctLines(state.ipvsadm).join('\n') };
}

const BORDER = '--- next';

/**
 * Node state: everything that ipvs mode programs on a node, as texts of the tools, and the differences of two states.
 * Lists without a defined order are compared as sets.
 */
import { readFileSync } from 'node:fs';
import { differences } from '../cases/conformance.js';

/** The input of each tool, or its output. */
export interface NodeState {
  /** ipvsadm --save -n */
  readonly ipvsadm: string;
  /** ipset save */
  readonly ipset: string;
  readonly iptables: string;
  readonly ip6tables: string;
  /** ip -brief address show kube-ipvs0, or commands that add addresses to it. */
  readonly addresses: string;
  /** `name = value` */
  readonly sysctl: string;
}

/** The state in files of a directory, with these names. */
export function readNodeState(directory: string, names: Readonly<Record<keyof NodeState, string>>): NodeState {
  return stateFrom((part) => readFileSync(`${directory}/${names[part]}`, 'utf8'));
}

/** A state, part by part, without comments. */
export function stateFrom(part: (name: keyof NodeState) => string): NodeState {
  const without = (name: keyof NodeState) => part(name).replace(/^#.*\n/gm, '');
  return {
    ipvsadm: without('ipvsadm'),
    ipset: without('ipset'),
    iptables: without('iptables'),
    ip6tables: without('ip6tables'),
    addresses: without('addresses'),
    sysctl: without('sysctl'),
  };
}

/** The files of kube-proxy's state in a conformance case. */
export const DUMPED: Readonly<Record<keyof NodeState, string>> = {
  ipvsadm: 'ipvsadm-save',
  ipset: 'ipset-save',
  iptables: 'iptables-save',
  ip6tables: 'ip6tables-save',
  addresses: 'kube-ipvs0',
  sysctl: 'sysctl',
};

/** The artifacts of `vipc compile --mode ipvs`. */
export const ARTIFACTS: Readonly<Record<keyof NodeState, string>> = {
  ipvsadm: 'ipvsadm.rules',
  ipset: 'ipset.rules',
  iptables: 'iptables.rules',
  ip6tables: 'ip6tables.rules',
  addresses: 'addresses.rules',
  sysctl: 'sysctl.conf',
};

/** The differences, as lines that name the part. */
export function stateDifferences(ours: NodeState, theirs: NodeState): readonly string[] {
  return [
    ...asSets('ipvsadm', virtualServers(ours.ipvsadm), virtualServers(theirs.ipvsadm)),
    ...asSets('ipset', members(ours.ipset), members(theirs.ipset)),
    ...differences(ours.iptables, theirs.iptables).map((line) => `iptables ${line}`),
    ...differences(ours.ip6tables, theirs.ip6tables).map((line) => `ip6tables ${line}`),
    ...asSets('address', addresses(ours.addresses), addresses(theirs.addresses)),
    ...asSets('sysctl', sysctls(ours.sysctl), sysctls(theirs.sysctl)),
  ];
}

/** Without timeouts, which `ipvsadm --save` does not print. */
function virtualServers(text: string): readonly string[] {
  return lines(text).filter((line) => !line.startsWith('--set'));
}

/** Without hash parameters, which the kernel chooses or grows itself. */
function members(text: string): readonly string[] {
  return lines(text).map((line) => line.replace(/ (?:hashsize|bucketsize|initval) \S+/g, ''));
}

function addresses(text: string): readonly string[] {
  return [...text.matchAll(/(?:\binet6? |\baddress add )(\S+)/g)]
    .map(([, address = '']) => address)
    .filter((address) => !address.startsWith('fe80:'));
}

/** The kernel's own values, used where nothing is set. */
const DEFAULTS = {
  'net.ipv4.conf.all.arp_announce': '0',
  'net.ipv4.conf.all.arp_ignore': '0',
  'net.ipv4.vs.conn_reuse_mode': '1',
};

function sysctls(text: string): readonly string[] {
  const set = Object.fromEntries(lines(text).map((line) => line.split(' = ') as [string, string]));
  return Object.entries({ ...DEFAULTS, ...set }).map(([name, value]) => `${name} = ${value}`);
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

function asSets(what: string, ours: readonly string[], theirs: readonly string[]): readonly string[] {
  const [mine, others] = [new Set(ours), new Set(theirs)];
  return [
    ...ours.filter((line, i) => ours.indexOf(line) !== i).map((line) => `${what} twice: ${line}`),
    ...[...others].filter((line) => !mine.has(line)).map((line) => `${what} - ${line}`),
    ...[...mine].filter((line) => !others.has(line)).map((line) => `${what} + ${line}`),
  ];
}

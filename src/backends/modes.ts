/**
 * The names of the proxy modes and layouts there are, for a command line that loads no backend to show its help.
 */

export const MODES: readonly string[] = ['iptables', 'ipvs'];

/** The files that a mode is compiled to, of all modes; beside them stands resolved.txt. */
export const FILES: readonly string[] = [
  'iptables.rules',
  'ip6tables.rules',
  'ipset.rules',
  'ipvsadm.rules',
  'addresses.rules',
  'sysctl.conf',
];

export const LAYOUTS: readonly string[] = ['kube-proxy'];

/**
 * The names of the proxy modes and layouts, for a command line that shows its help without loading a backend.
 */

export const MODES: readonly string[] = ['iptables', 'ipvs'];

/** The files of all modes; every mode also has resolved.txt. */
export const FILES: readonly string[] = [
  'iptables.rules',
  'ip6tables.rules',
  'ipset.rules',
  'ipvsadm.rules',
  'addresses.rules',
  'sysctl.conf',
];

export const LAYOUTS: readonly string[] = ['kube-proxy'];

/**
 * The names of the proxy modes and layouts there are, for a command line that loads no backend to show its help.
 */

export const MODES: readonly string[] = ['iptables', 'ipvs'];

export const LAYOUTS: readonly string[] = ['kube-proxy'];

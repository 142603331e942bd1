/**
 * lint, part: ports of a node's own daemons (kubernetes.io, Ports and Protocols; defaults of kubelet and kube-proxy).
 */

/** Daemon names by TCP port. */
export const NODE_LISTENERS: Readonly<Record<number, string>> = {
  22: 'sshd',
  2379: 'etcd',
  2380: 'etcd',
  6443: 'kube-apiserver',
  10248: 'kubelet (healthz)',
  10249: 'kube-proxy (metrics)',
  10250: 'kubelet',
  10255: 'kubelet (read-only)',
  10256: 'kube-proxy (healthz)',
  10257: 'kube-controller-manager',
  10259: 'kube-scheduler',
};

/**
 * Names of chains, those of kube-proxy's userspace mode (k/k 1.25, pkg/proxy/userspace); the last two are those of its
 * iptables mode, which refuse what has no endpoints.
 */

export const CHAIN = {
  /** Connections that come in by an interface: of pods, and of other machines. */
  portalsContainer: 'KUBE-PORTALS-CONTAINER',
  /** Connections of this node itself. */
  portalsHost: 'KUBE-PORTALS-HOST',
  nodePortContainer: 'KUBE-NODEPORT-CONTAINER',
  nodePortHost: 'KUBE-NODEPORT-HOST',
  /** What reaches the listeners, whatever the policy of INPUT. */
  nonLocal: 'KUBE-NODEPORT-NON-LOCAL',
  services: 'KUBE-SERVICES',
  externalServices: 'KUBE-EXTERNAL-SERVICES',
} as const;

/** The chains that one ServicePort may have, in kube-proxy's iptables and nftables modes; lower decides which of them exist. */
export interface ServiceChains {
  /** Cluster-policy endpoints. */
  readonly cluster: string;
  /** Local-policy endpoints. */
  readonly local: string;
  /** Entrance of traffic from outside the cluster. */
  readonly external: string;
  /** Source-range filter before the external chain. */
  readonly firewall: string;
}

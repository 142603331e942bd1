/**
 * kinds: what changes for clients when a node goes to nftables mode: each difference by design of verify/by-design*.ts, in
 * words, with what to do about it. docs/migration.md has the same table.
 */

export interface Kind {
  /** The name of the difference by design; `other` for one without a name. */
  readonly name: string;
  /** What changes, as the end of `default/web: …`. */
  readonly title: string;
  readonly todo: string;
}

export const KINDS: readonly Kind[] = [
  {
    name: 'node-port-addresses',
    title: 'node ports answer on the primary addresses of the node only',
    todo: 'let clients use the primary address, or name the networks in nodePortAddresses',
  },
  {
    name: 'localhost-node-ports',
    title: 'node ports do not answer on loopback addresses',
    todo: 'let programs on the node use the cluster IP or the address of the node',
  },
  {
    name: 'local-fallback',
    title: 'without a local endpoint policy Local has no endpoint; IPVS used those of other nodes',
    todo: 'use policy Cluster, or run an endpoint on every node that gets traffic',
  },
  {
    name: 'source-ranges-from-node',
    title: 'loadBalancerSourceRanges apply to the node itself too',
    todo: 'add the address of the node to loadBalancerSourceRanges',
  },
  {
    name: 'host-firewall',
    title: 'a rule of another program stops packets that rules of kube-proxy admitted',
    todo: 'admit them in the firewall of the host: nftables mode opens nothing',
  },
  {
    name: 'health-check-port',
    title: 'the health check port is not opened in the firewall of the host any more',
    todo: 'admit it where the host has a firewall',
  },
  {
    name: 'local-endpoints',
    title: 'the node and its pods reach all endpoints by external addresses; IPVS used the local ones',
    todo: 'nothing',
  },
  {
    name: 'closed-port',
    title: 'ports of cluster IPs that no Service has are refused; before, packets went on to the network',
    todo: 'nothing',
  },
  {
    name: 'unallocated-cluster-ip',
    title: 'packets to unallocated cluster IPs are dropped; before, they went on to the network',
    todo: 'nothing',
  },
  {
    name: 'no-endpoints-from-node',
    title: 'the node itself is refused where a Service has no endpoints; before, packets went on',
    todo: 'nothing',
  },
  {
    name: 'source-ranges-first',
    title: 'clients outside loadBalancerSourceRanges get no answer where there are no endpoints; before, a refusal',
    todo: 'nothing',
  },
  {
    name: 'source-ranges-any-state',
    title: 'loadBalancerSourceRanges apply to new connections only',
    todo: 'nothing',
  },
  {
    name: 'invalid-packets',
    title: 'packets that conntrack finds invalid are not dropped any more',
    todo: 'set conntrack.tcpBeLiberal where connections are reset (kubernetes/kubernetes#74839)',
  },
  {
    name: 'localnet-guard',
    title: 'packets from elsewhere to loopback addresses are left to the kernel, which drops them by itself',
    todo: 'set route_localnet to 0',
  },
  {
    name: 'hairpin-elsewhere',
    title: 'a pod of another node that reaches itself through this one keeps its source',
    todo: 'nothing',
  },
  { name: 'hairpin-direct', title: 'a pod that reaches itself without a Service keeps its source', todo: 'nothing' },
  {
    name: 'loopback-source',
    title: 'connections of the node from a loopback address are masqueraded',
    todo: 'nothing',
  },
  { name: 'affinity-clock', title: 'session affinity counts its timeout from the last connection', todo: 'nothing' },
  { name: 'scheduler', title: 'endpoints are chosen at random; the scheduler of IPVS is not used', todo: 'nothing' },
  { name: 'mark-left', title: 'a packet mark is cleared that was left before', todo: 'nothing' },
  {
    name: 'virtual-address',
    title: 'virtual IPs are not addresses of the node any more, so no program can bind to them',
    todo: 'nothing',
  },
  {
    name: 'node-port-mark',
    title: 'packets to node ports on addresses that do not serve them are not masqueraded any more',
    todo: 'nothing',
  },
  { name: 'newly-served', title: 'an endpoint answers that did not before', todo: 'nothing' },
  { name: 'other', title: 'packets end otherwise', todo: 'vipc verify shows the packet and the rules' },
];

/** The kind of a name. */
export function kindOf(name: string): Kind {
  return (
    KINDS.find((kind) => kind.name === name) ?? {
      name,
      title: name,
      todo: 'vipc verify shows the packet and the rules',
    }
  );
}

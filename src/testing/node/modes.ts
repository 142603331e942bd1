/**
 * The proxy modes whose rules a node has, by the Service 10.96.1.1 of the small cluster.
 */
import type { Host } from '../../apply/host.js';

/** One mode, or more while one gives way to another. */
export async function modesOf(node: Host): Promise<readonly string[]> {
  const { stdout: rules } = await node.run(['iptables-nft-save', '-t', 'nat']);
  const { stdout: tables } = await node.run(['nft', 'list', 'tables']);
  const isPortal = rules.includes('KUBE-PORTALS-CONTAINER');
  return [
    ...(tables.includes('table ip kube-proxy') ? ['nftables'] : []),
    ...(isPortal ? ['userspace'] : []),
    ...(rules.includes('10.96.1.1') && !isPortal ? ['iptables'] : []),
  ];
}

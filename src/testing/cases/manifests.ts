/**
 * Manifests: YAML → a snapshot, for tests of the steps after read.
 */
import { readSnapshot } from '../../read/snapshot.js';
import type { Snapshot } from '../../read/types.js';

/** The snapshot of a text; throws when there are diagnostics. */
export function snapshotOf(text: string): Snapshot {
  const { value, diagnostics } = readSnapshot([{ name: 'test.yaml', text }]);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

/** A Node in a zone, with CPUs and the pod network 10.244.NUMBER.0/24. */
export function nodeText(
  name: string,
  number: number,
  more: { readonly zone?: string; readonly cpu?: string; readonly spec?: string } = {},
): string {
  const { zone = 'zone-1', cpu = '4', spec = '' } = more;
  return `---
apiVersion: v1
kind: Node
metadata: {name: ${name}, labels: {topology.kubernetes.io/zone: "${zone}", disk: ssd-${number}}}
spec: {podCIDR: 10.244.${number}.0/24, podCIDRs: [10.244.${number}.0/24, "fd00:10:244:${number}::/64"]${spec}}
status: {allocatable: {cpu: "${cpu}"}, addresses: [{type: InternalIP, address: 192.168.7.${number + 1}}]}
`;
}

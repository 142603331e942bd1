/**
 * Which Nodes take the pods of a DaemonSet: the table of kubernetes.io/docs/concepts/workloads/controllers/daemonset,
 * "Taints and tolerations", and the function that it tells of (pkg/controller/daemon/util).
 */
import { describe, expect, it } from '@jest/globals';
import { readSnapshot } from '../read/snapshot.js';
import { fits } from './place.js';

function takes(taint: string, hostNetwork: boolean, ofDaemonSet: boolean): boolean {
  const node = `{apiVersion: v1, kind: Node, metadata: {name: node-a}, spec: {taints: [{${taint}}]}}`;
  const pod = `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {hostNetwork: ${hostNetwork}, containers: [{name: c}]}}`;
  const { value } = readSnapshot([{ name: 'x.yaml', text: [node, pod].join('\n---\n') }]);
  const [read] = value.nodes;
  const [spec] = value.pods.map((each) => each.spec);
  if (!read || !spec) throw new Error(taint);
  return fits(read, spec, ofDaemonSet);
}

describe.each([
  ['not-ready', 'NoExecute', true, true],
  ['not-ready', 'NoSchedule', false, false],
  ['unreachable', 'NoExecute', true, true],
  ['unreachable', 'NoSchedule', false, false],
  ['disk-pressure', 'NoSchedule', true, true],
  ['memory-pressure', 'NoSchedule', true, true],
  ['pid-pressure', 'NoSchedule', true, true],
  ['unschedulable', 'NoSchedule', true, true],
  ['network-unavailable', 'NoSchedule', false, true],
  ['out-of-service', 'NoExecute', false, false],
])('taint node.kubernetes.io/%s:%s', (key, effect, daemon, onHost) => {
  const taint = `key: node.kubernetes.io/${key}, effect: ${effect}`;
  it('a DaemonSet', () => expect(takes(taint, false, true)).toBe(daemon));
  it('a DaemonSet with hostNetwork', () => expect(takes(taint, true, true)).toBe(onHost));
  it('a Deployment', () => expect(takes(taint, true, false)).toBe(false));
});

/**
 * lint, part: all rules; each has its own file. Rules that all commands run come first; findings are in this order.
 */
import type { Rule } from './rule.js';
import { affinityHeadless } from './rules/affinity-headless.js';
import { affinityList } from './rules/affinity-list.js';
import { clusterIpConflict } from './rules/cluster-ip-conflict.js';
import { clusterIpOutOfRange } from './rules/cluster-ip-out-of-range.js';
import { endpointInTwoSlices } from './rules/endpoint-in-two-slices.js';
import { endpointIsClusterIp } from './rules/endpoint-is-cluster-ip.js';
import { endpointsNameMismatch } from './rules/endpoints-name-mismatch.js';
import { endpointsOverwritten } from './rules/endpoints-overwritten.js';
import { externalIps } from './rules/external-ips.js';
import { familyWithoutEndpoints } from './rules/family-without-endpoints.js';
import { hostPortConflict } from './rules/host-port-conflict.js';
import { ingressDuplicatePath } from './rules/ingress-duplicate-path.js';
import { ingressToExternalName } from './rules/ingress-to-external-name.js';
import { ingressToHeadless } from './rules/ingress-to-headless.js';
import { ingressWithoutEndpoints } from './rules/ingress-without-endpoints.js';
import { ingressWithoutPort } from './rules/ingress-without-port.js';
import { ingressWithoutService } from './rules/ingress-without-service.js';
import { localWithoutEndpoints } from './rules/local-without-endpoints.js';
import { networkPolicy } from './rules/network-policy.js';
import { nodePortConflict } from './rules/node-port-conflict.js';
import { nodePortEphemeral } from './rules/node-port-ephemeral.js';
import { nodePortOfNode } from './rules/node-port-of-node.js';
import { nodePortOutOfRange } from './rules/node-port-out-of-range.js';
import { orphanEndpoints } from './rules/orphan-endpoints.js';
import { orphanSlice } from './rules/orphan-slice.js';
import { policyAdmitsNobody } from './rules/policy-admits-nobody.js';
import { policyOutside } from './rules/policy-outside.js';
import { policyPort } from './rules/policy-port.js';
import { portWithoutEndpoints } from './rules/port-without-endpoints.js';
import { selectorMatchesNothing } from './rules/selector-matches-nothing.js';
import { selectorNearMiss } from './rules/selector-near-miss.js';
import { selectorWithoutPods } from './rules/selector-without-pods.js';
import { slicePorts } from './rules/slice-ports.js';
import { sliceWithoutService } from './rules/slice-without-service.js';
import { sourceRangesBypassed } from './rules/source-ranges-bypassed.js';
import { sourceRangesFamily } from './rules/source-ranges-family.js';
import { sourceRangesUnused } from './rules/source-ranges-unused.js';
import { targetPortName } from './rules/target-port-name.js';
import { targetPortUndeclared } from './rules/target-port-undeclared.js';
import { unusedIgnore } from './rules/unused-ignore.js';
import { vipConflict } from './rules/vip-conflict.js';
import { vipFamily } from './rules/vip-family.js';
import { vipOnNode } from './rules/vip-on-node.js';
import { vipOnPod } from './rules/vip-on-pod.js';

export const RULES: readonly Rule[] = [
  selectorWithoutPods,
  selectorNearMiss,
  targetPortName,
  endpointsNameMismatch,
  endpointsOverwritten,
  slicePorts,
  endpointInTwoSlices,
  ingressWithoutService,
  ingressWithoutPort,
  ingressDuplicatePath,
  ingressToExternalName,
  ingressToHeadless,
  ingressWithoutEndpoints,
  hostPortConflict,
  networkPolicy,
  selectorMatchesNothing,
  targetPortUndeclared,
  portWithoutEndpoints,
  orphanSlice,
  orphanEndpoints,
  sliceWithoutService,
  endpointIsClusterIp,
  familyWithoutEndpoints,
  localWithoutEndpoints,
  clusterIpConflict,
  clusterIpOutOfRange,
  vipConflict,
  vipOnNode,
  vipOnPod,
  vipFamily,
  externalIps,
  nodePortConflict,
  nodePortOutOfRange,
  nodePortEphemeral,
  nodePortOfNode,
  sourceRangesFamily,
  sourceRangesUnused,
  sourceRangesBypassed,
  affinityList,
  affinityHeadless,
  policyAdmitsNobody,
  policyPort,
  policyOutside,
  unusedIgnore,
];

/**
 * The grammar of chain names: those of kube-proxy, of any version, and the marks that kubelet leaves. Code that tells
 * chains apart by name gets one of these functions.
 */

/** The kinds of chains of one ServicePort or endpoint; before 1.25, EXT was called XLB. */
const SERVICE_KINDS = 'SVC|SVL|SEP|FW|EXT|XLB';

const SERVICE_CHAIN = new RegExp(`^KUBE-(?:${SERVICE_KINDS})-[A-Z2-7]{16}$`);

/** Whether a chain belongs to one ServicePort or endpoint. */
export function isServiceChain(name: string): boolean {
  return SERVICE_CHAIN.test(name);
}

/** The chain by which kube-proxy detects that its rules were flushed. */
export const PROXY_CANARY = 'KUBE-PROXY-CANARY';

/** Whether a chain shows that kubelet has run on the node (KEP-3178). */
export function isKubeletMark(name: string): boolean {
  return name === 'KUBE-KUBELET-CANARY' || name === 'KUBE-IPTABLES-HINT';
}

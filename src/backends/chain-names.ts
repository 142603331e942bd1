/**
 * The grammar of chain names: those of kube-proxy, of any version, and the marks that kubelet leaves. Whoever must tell a
 * chain by its name is given one of these.
 */

/** What a chain of one ServicePort or endpoint is for; XLB is what EXT was called before 1.25. */
const SERVICE_KINDS = 'SVC|SVL|SEP|FW|EXT|XLB';

const SERVICE_CHAIN = new RegExp(`^KUBE-(?:${SERVICE_KINDS})-[A-Z2-7]{16}$`);

/** Whether a chain is that of one ServicePort or endpoint. */
export function isServiceChain(name: string): boolean {
  return SERVICE_CHAIN.test(name);
}

/** kube-proxy's flush detector. */
export const PROXY_CANARY = 'KUBE-PROXY-CANARY';

/** Whether a chain shows that kubelet has been here (KEP-3178). */
export function isKubeletMark(name: string): boolean {
  return name === 'KUBE-KUBELET-CANARY' || name === 'KUBE-IPTABLES-HINT';
}

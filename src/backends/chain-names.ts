/**
 * The grammar of chain names: those of kube-proxy, of any version, those of layout fast, and the marks that kubelet leaves.
 * Code that tells chains apart by name gets one of these functions.
 */

/** The kinds of chains of one ServicePort or endpoint; before 1.25, EXT was called XLB. */
const SERVICE_KINDS = 'SVC|SVL|SEP|FW|EXT|XLB';

const SERVICE_CHAIN = new RegExp(`^KUBE-(?:${SERVICE_KINDS})-[A-Z2-7]{16}$`);

/** Those of layout fast; many endpoints of one ServicePort are in several chains, which have letters behind the hash. */
const FAST_SERVICE_CHAIN = /^VIPC-(?:SVC|SVL|EXT|KEY)-[A-Z2-7]{16}[a-h]{0,3}$/;

/** Whether a chain belongs to one ServicePort or endpoint. */
export function isServiceChain(name: string): boolean {
  return SERVICE_CHAIN.test(name) || FAST_SERVICE_CHAIN.test(name);
}

/** A network or a hash of it, or a range of ports. */
const TREE_CHAIN = /^VIPC-(?:(?:IP|EX|FW|HP)-(?:[0-9a-f.]+-\d+|[A-Z2-7]{16})|(?:HC-)?(?:tcp|udp|sctp)-\d+-\d+)$/;

/** Whether a chain is a part of a tree of layout fast, and leads to several ServicePorts. */
export function isTreeChain(name: string): boolean {
  return TREE_CHAIN.test(name);
}

/** The chain by which kube-proxy detects that its rules were flushed. */
export const PROXY_CANARY = 'KUBE-PROXY-CANARY';

/** Whether a chain shows that kubelet has run on the node (KEP-3178). */
export function isKubeletMark(name: string): boolean {
  return name === 'KUBE-KUBELET-CANARY' || name === 'KUBE-IPTABLES-HINT';
}

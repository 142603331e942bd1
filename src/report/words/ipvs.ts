/**
 * words, part: lines of ipset and ipvsadm → sentences.
 */

/** What the sets of kube-proxy in ipvs mode are for (k/k pkg/proxy/ipvs/ipset.go). */
const SETS: readonly (readonly [RegExp, string])[] = [
  [/^KUBE-(?:6-)?CLUSTER-IP$/, 'a cluster IP: clients from outside are masqueraded, the rest may pass'],
  [/^KUBE-(?:6-)?LOOP-BACK$/, 'an endpoint that talks to itself through the Service: it must be masqueraded'],
  [/^KUBE-(?:6-)?EXTERNAL-IP-LOCAL$/, 'an external IP whose clients keep their address'],
  [/^KUBE-(?:6-)?EXTERNAL-IP$/, 'an external IP: its clients are masqueraded'],
  [/^KUBE-(?:6-)?LOAD-BALANCER-SOURCE-CIDR?$/, 'a network whose clients the load balancer lets in'],
  [/^KUBE-(?:6-)?LOAD-BALANCER-SOURCE-IP$/, 'a client that the load balancer lets in'],
  [/^KUBE-(?:6-)?LOAD-BALANCER-FW$/, 'a load-balancer IP with source ranges: who is in none is dropped'],
  [/^KUBE-(?:6-)?LOAD-BALANCER-LOCAL$/, 'a load-balancer IP whose clients keep their address'],
  [/^KUBE-(?:6-)?LOAD-BALANCER$/, 'a load-balancer IP: its clients are masqueraded'],
  [/^KUBE-(?:6-)?NODE-PORT-LOCAL/, 'a node port whose clients keep their address'],
  [/^KUBE-(?:6-)?NODE-PORT/, 'a node port: its clients are masqueraded'],
  [/^KUBE-(?:6-)?HEALTH-CHECK-NODE-PORT$/, 'the port of a health check, which may pass'],
  [/^KUBE-(?:6-)?IPVS-IPS$/, 'an address of a virtual server: its other ports are refused'],
];

/** The sentence about a line of ipset save. */
export function ipsetWords(line: string): string {
  const [, set = '', element = ''] = /^add (\S+) (\S+)/.exec(line) ?? [];
  const what = SETS.find(([name]) => name.test(set))?.[1];
  return what === undefined ? '' : `${element} is ${what}.`;
}

const SCHEDULERS: Readonly<Record<string, string>> = {
  rr: 'each in turn',
  wrr: 'each in turn, by weight',
  lc: 'to the one with the fewest connections',
  wlc: 'to the one with the fewest connections, by weight',
  sh: 'by the address of the client',
  dh: 'by the address of the destination',
  sed: 'to the one that is expected to answer first',
  nq: 'to one without a queue',
};

/** The sentence about a line of ipvsadm --save. */
export function ipvsWords(line: string): string {
  const words = line.split(' ');
  const after = (...flags: readonly string[]) => words[words.findIndex((word) => flags.includes(word)) + 1] ?? '';
  const server = after('-t', '-u', '--sctp-service');
  if (words[0] === '-A') {
    const scheduler = after('-s');
    const how = SCHEDULERS[scheduler] ?? `by the scheduler ${scheduler}`;
    const stay = words.includes('-p') ? `; a client stays with its endpoint for ${after('-p')} s` : '';
    return `The virtual server ${server} gives connections to its endpoints, ${how}${stay}.`;
  }
  const weight = after('-w');
  return weight === '0'
    ? `The endpoint ${after('-r')} keeps its connections of ${server} and gets no new ones.`
    : `The endpoint ${after('-r')} gets connections of ${server}.`;
}

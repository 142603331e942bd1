/**
 * words, part: rules and elements of nftables, as nft lists them → sentences.
 */

/** What a rule asks; in the order in which nft prints it. */
const CONDITIONS: readonly (readonly [RegExp, (...found: readonly string[]) => string])[] = [
  [/\bip6? saddr (!= )?@(\S+)/, (not = '', set = '') => `its source is ${not && 'not '}in the set ${set}`],
  [/\bip6? saddr (!= )?(\{[^}]*\}|[\da-f][\da-f.:/]*)/, (not = '', from = '') => `it is ${not && 'not '}from ${from}`],
  [/\bip6? daddr (!= )?@(\S+)/, (not = '', set = '') => `its destination is ${not && 'not '}in the set ${set}`],
  [/\bip6? daddr (!= )?(\{[^}]*\}|[\da-f][\da-f.:/]*)(?! \.)/, (not = '', to = '') => `it is ${not && 'not '}to ${to}`],
  [/\b(?:th|tcp|udp|sctp) dport (\d+)/, (port = '') => `its port is ${port}`],
  [/\bmeta l4proto (\w+)/, (protocol = '') => `it is ${protocol.toUpperCase()}`],
  [/\bfib saddr type local/, () => 'this node sends it'],
  [/\bfib daddr type local/, () => 'it is to an address of this node'],
  [/\biifname (!= )?("[^"]*")/, (not = '', name = '') => `it came in ${not && 'not '}by ${name}`],
  [/\bct state (\S+)/, (state = '') => `its connection is ${state}`],
  [/\bnumgen random mod (\d+) ?< ?(\d+)/, (all = '', part = '') => `in ${part} of ${all} cases`],
];

/** What a rule does. */
const ACTIONS: readonly (readonly [RegExp, (...found: readonly string[]) => string])[] = [
  [
    /\bdnat (?:ip6? )?to numgen random mod (\d+) map/,
    (all = '') => `it is sent to one of ${all} endpoints, chosen at random`,
  ],
  [/\bnumgen random mod (\d+) vmap/, (all = '') => `one of ${all} ways is chosen at random`],
  [/\bdnat (?:ip6? )?to (\[[^\]]*\]:\d+|[\d.]+:\d+|\S+ \. \d+)/, (to = '') => `it is sent to the endpoint ${to}`],
  [/\bdnat\b/, () => 'it is sent to an endpoint that a map names'],
  [/\bmeta mark set/, () => 'it is marked, so that it leaves with the address of this node as its source'],
  [/\bupdate @(\S+)/, (set = '') => `its client is remembered in ${set}`],
  [/\bmasquerade\b/, () => 'it leaves with the address of this node as its source'],
  [/\bvmap @(\S+)/, (map = '') => `the map ${map} says where it goes`],
  [/\breject\b/, () => 'it is refused, and the client is told so'],
  [/\bdrop\b/, () => 'it is dropped, and the client waits in vain'],
  [/\bgoto (\S+)/, (chain = '') => `it goes on in ${chain}, and does not come back`],
  [/\bjump (\S+)/, (chain = '') => `it goes on in ${chain}`],
  [/\baccept\b/, () => 'it is accepted'],
  [/\breturn\b/, () => 'it goes back to the chain that it came from'],
];

/** The sentence about a rule. */
export function nftRuleWords(line: string): string {
  // A comment is text of people, not of the rule.
  const rule = line.replace(/ ?comment "[^"]*"/, '');
  const pick = (table: typeof CONDITIONS) =>
    table.flatMap(([form, words]) => {
      const found = form.exec(rule);
      return found ? [words(...found.slice(1).map((part) => part ?? ''))] : [];
    });
  const [conditions, [action = '', ...more]] = [pick(CONDITIONS), pick(ACTIONS)];
  const marks = more.filter((each) => /marked|remembered/.test(each));
  const does = [...marks, action].filter((each) => each !== '').join(', and ');
  if (does === '') return '';
  return conditions.length === 0 ? `Whatever comes here: ${does}.` : `If ${conditions.join(' and ')}: ${does}.`;
}

/** What kube-proxy's sets and maps, and those of the layout fast, are for. */
const MAPS: readonly (readonly [RegExp, string])[] = [
  [/^hairpin-connections$/, 'An endpoint that talks to itself through the Service: it is masqueraded.'],
  [/^cluster-ips$/, 'A cluster IP: what is not served at it is refused.'],
  [/^nodeport-ips$/, 'An address of this node at which node ports are served.'],
  [/^service-ips$/, 'Who connects to this address and port goes on in that chain.'],
  [/^service-nodeports$/, 'Who connects to this node port goes on in that chain.'],
  [/^no-endpoint/, 'The Service has no endpoint here: who connects is stopped.'],
  [/source-ranges/, 'Clients of this network may use this address and port: the load balancer lets them in.'],
  [/^firewall-ips$/, 'The load balancer has source ranges: that chain lets clients in.'],
  [/^(?:nodeport-)?target-ports$/, 'The port of the endpoints of this address.'],
  [/^(?:nodeport-)?slot-/, 'One of the endpoints that this address chooses from.'],
  [/^affinity-/, 'The clients that stay with this endpoint.'],
];

/** The sentence about an element of a set or map. */
export function nftElementWords(name: string, line: string): string {
  if (line.startsWith('}') || line.startsWith('{')) return '';
  return MAPS.find(([form]) => form.test(name))?.[1] ?? '';
}

/**
 * lower, layout `fast`, part: masquerades connections of an endpoint to itself. Their replies would otherwise not come
 * back through this node, so the endpoint would see them from an address that it did not send to.
 */
import { parseIp } from '../../../../ip.js';
import { host, is, not, RETURN, type Rule, rule, states, type Target } from '../../../../tools/iptables/types.js';
import type { Context } from '../context.js';
import { byAddress, type Dispatch, digitsOf, type Placed } from './dispatch.js';

/**
 * One rule for all endpoints. Without xt_bpf a rule for each address of an endpoint of this node, `local`: a connection of another node's
 * endpoint to itself does not come through here.
 */
export function hairpin(local: Iterable<string>, { node, features }: Context): Dispatch {
  const masquerade: Target = { kind: 'masquerade', randomFully: features.randomFully };
  if (features.bpf) return { rules: [rule({}, [states('DNAT'), { kind: 'same-address' }], masquerade)], chains: [] };
  const placed = [...new Set(local)].map((ip): Placed => {
    const own = is(host(ip));
    const digits = digitsOf(parseIp(ip)?.bytes ?? []);
    return { at: 'ip', digits, rule: rule({ source: own, destination: own }, [], masquerade) };
  });
  const tree = byAddress({ family: node.family, ips: 'HP', ports: '' })(placed);
  const others: Rule = rule({}, [{ kind: 'conntrack', states: not(['DNAT']) }], RETURN);
  return { ...tree, rules: [others, ...tree.rules] };
}

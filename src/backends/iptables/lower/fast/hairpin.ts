/**
 * lower, layout `fast`, part: masquerades connections of an endpoint to itself. Their replies would otherwise not come
 * back through this node, so the endpoint would see them from an address that it did not send to.
 */
import { parseIp } from '../../../../ip.js';
import type { ServicePort } from '../../../../resolve/types.js';
import {
  type Chain,
  host,
  is,
  not,
  RETURN,
  type Rule,
  rule,
  states,
  type Target,
} from '../../../../tools/iptables/types.js';
import { FAST_CHAIN } from '../../names.js';
import type { Context } from '../context.js';
import { byAddress, digitsOf, type Placed } from './dispatch.js';
import type { Part, SharedChains } from './part.js';

/**
 * One rule for all endpoints. Without xt_bpf a rule for each address of an endpoint of this node: a connection of another
 * node's endpoint to itself does not come through here.
 */
export function hairpinChains({ node, features }: Context): SharedChains<Pick<Part, 'local' | 'port'>> {
  const masquerade: Target = { kind: 'masquerade', randomFully: features.randomFully };
  const chain = (rules: readonly Rule[]): Chain => ({ name: FAST_CHAIN.hairpin, rules: () => rules });
  const forAll = rule({}, [states('DNAT'), { kind: 'same-address' }], masquerade);
  if (features.bpf) return { now: () => [chain([forAll])], replace: () => {} };

  const others: Rule = rule({}, [{ kind: 'conntrack', states: not(['DNAT']) }], RETURN);
  const addresses = byAddress({ family: node.family, ips: 'HP', ports: '' });
  const known = new Map<string, { readonly placed: Placed; uses: number }>();
  const put = (ip: string, owner: ServicePort): void => {
    const there = known.get(ip) ?? { placed: place(ip, masquerade, owner), uses: 0 };
    there.uses++;
    known.set(ip, there);
    if (there.uses === 1) addresses.replace([], [there.placed]);
  };
  const take = (ip: string): void => {
    const there = known.get(ip);
    if (!there || --there.uses > 0) return;
    known.delete(ip);
    addresses.replace([there.placed], []);
  };
  return {
    now: () => {
      const { rules, chains } = addresses.now();
      return [chain([others, ...rules]), ...chains];
    },
    replace: (before, after) => {
      for (const { local, port } of after) for (const ip of local) put(ip, port);
      for (const { local } of before) for (const ip of local) take(ip);
    },
  };
}

function place(ip: string, target: Target, owner: ServicePort): Placed {
  const own = is(host(ip));
  const digits = digitsOf(parseIp(ip)?.bytes ?? []);
  return { at: 'ip', digits, rule: rule({ source: own, destination: own }, [], target), owner, nth: 0 };
}

/**
 * keep: how the ServicePorts of ipvs mode depend on each other. Nothing is kept of them: the virtual servers and members of
 * a few are lowered like those of all.
 */
import type { Family } from '../../ip.js';
import type { Options } from '../../options.js';
import type { ServicePort } from '../../resolve/types.js';
import type { Kept, Lowering, Needs, Resolved } from '../backend.js';
import { claimsOf } from '../shared/conflicts.js';
import { type Context, contextOf } from './context.js';
import { lower } from './lower.js';
import { membersOf } from './members.js';
import { closedToThisNode } from './rule-set.js';
import { SET_KEYS } from './sets.js';
import { serversOf } from './virtual-servers.js';

export function keep(resolved: readonly Resolved[], options: Options, how: Lowering): Kept {
  const contexts = new Map(
    resolved.map(({ node }): [Family, Context] => [node.family, contextOf(node, options, how.features)]),
  );
  const inContext = <T>(port: ServicePort, of: (context: Context) => readonly T[]): readonly T[] => {
    const context = contexts.get(port.family);
    return context ? of(context) : [];
  };
  return {
    claims: (port) => [...claimsOf(port), ...inContext(port, (context) => ownClaims(port, context))],
    *needs(ports) {
      for (const port of ports) {
        const context = contexts.get(port.family);
        if (context) yield [port, needsOf(port, context)];
      }
    },
    replace: () => true,
    lower: (part) => lower(part, options, how),
  };
}

/** Virtual servers, also those of node ports at each address; a health check; one chain in which rules are in order. */
function ownClaims(port: ServicePort, context: Context): readonly string[] {
  return [
    ...serversOf(port, context).keys(),
    ...(port.healthCheckNodePort === undefined ? [] : [`health check ${port.healthCheckNodePort}`]),
    ...(closedToThisNode(port).length > 0 ? ['closed'] : []),
  ];
}

/** Addresses, which ports share; and that a set is not empty, which decides about rules. */
function needsOf(port: ServicePort, context: Context): Needs {
  const members = membersOf([port], context);
  return {
    own: [...members['KUBE-IPVS-IPS'].keys()],
    always: SET_KEYS.filter((key) => members[key].size > 0),
  };
}

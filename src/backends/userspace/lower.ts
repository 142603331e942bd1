/**
 * lower: ServicePorts → the rules and the listeners of userspace mode, of all or as a daemon keeps them.
 */
import type { Diagnostic } from '../../diag.js';
import type { Options } from '../../options.js';
import type { NodeContext, ServicePort } from '../../resolve/types.js';
import type { DesiredState } from '../../tools/tools.js';
import type { Kept, Resolved } from '../backend.js';
import { claimsOf } from '../shared/conflicts.js';
import { type KeptFamily, keepFamilies } from '../shared/families.js';
import { type KeptChains, keepSharedChains, sharedChains } from '../shared/shared-chains.js';
import { noPort } from './admit.js';
import { type Listeners, newListeners, type Served } from './listeners.js';
import { firstRules, rulesOf, tablesOf } from './rules.js';

/** The desired state that serves `resolved`. */
export function lower(resolved: readonly Resolved[], options: Options): DesiredState {
  return stateOf(
    resolved.map(({ node, ports }) => {
      const listeners = newListeners(ports, node, options);
      const served = ports.map((port) => [port, listeners.of(port)] as const);
      const rules = served.flatMap(([port, own]) => rulesOf(port, own, node));
      return { node, chain: sharedChains([...firstRules(node), ...rules]), served: served.flatMap(([, own]) => own) };
    }),
  );
}

/** Errors for ServicePorts for which the relay's range has no port. */
export function noRoom(resolved: readonly Resolved[], options: Options): readonly Diagnostic[] {
  return resolved.flatMap(({ node, ports }) =>
    newListeners(ports, node, options).left.map((port) => noPort(port, options)),
  );
}

/** What a daemon keeps: the chains that ServicePorts share, and which port each listener has. */
export function keep(resolved: readonly Resolved[], options: Options): Kept {
  const { all, replace, lower } = keepFamilies(resolved, (each) => keepFamily(each, options));
  const left = all.flatMap((family) => family.left).map((port) => noPort(port, options));
  return {
    claims: claimsOf,
    needs: () => [],
    replace,
    lower: (part) => stateOf(lower(part)),
    options: () => {
      const { machine } = options;
      if (!machine) return options;
      const { taken = [] } = machine.proxyPorts ?? {};
      return {
        ...options,
        machine: { ...machine, proxyPorts: { taken, held: all.flatMap(({ held }) => held()) } },
      };
    },
    noRoom: () => left,
  };
}

type KeptListeners = KeptFamily<Lowered> & Pick<Listeners, 'left' | 'held'>;

function keepFamily({ node, ports }: Resolved, options: Options): KeptListeners {
  const listeners = newListeners(ports, node, options);
  const rules = (port: ServicePort) => rulesOf(port, listeners.of(port), node);
  const chains = keepSharedChains(ports, rules, { first: firstRules(node), last: [] }, node.family);
  return {
    left: listeners.left,
    held: listeners.held,
    replace: (before, after) => {
      const isDone = listeners.replace(before, after);
      if (isDone) chains.replace(before, after);
      return isDone;
    },
    lower: (some) => ({ node, chain: chains.chain, served: some.flatMap(listeners.of) }),
  };
}

/** A family with its chains and listeners. */
interface Lowered {
  readonly node: NodeContext;
  readonly chain: KeptChains['chain'];
  readonly served: readonly Served[];
}

function stateOf(families: readonly Lowered[]): DesiredState {
  const ruleSets = families.map(({ node, chain }) => ({ family: node.family, tables: tablesOf(chain) }));
  return {
    iptables: { ruleSets, isComplete: true },
    relay: families.flatMap(({ served }) => served.map(({ listener }) => listener)),
  };
}

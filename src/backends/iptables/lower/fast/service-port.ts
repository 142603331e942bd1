/**
 * lower, layout `fast`, part: one ServicePort → its claims to addresses and ports, its rules in table filter, and its own
 * chains in nat.
 *
 * Session affinity, source ranges and externalTrafficPolicy Local keep kube-proxy's chains for the ServicePort.
 */
import { parseIp } from '../../../../ip.js';
import type { Frontend, ServicePort } from '../../../../resolve/types.js';
import { type Chain, comment, jumpTo, type Rule, rule } from '../../../../tools/iptables/types.js';
import { markMasquerade } from '../../../shared/masquerade.js';
import type { SharedRule } from '../../../shared/shared-chains.js';
import { fastChains } from '../../names.js';
import type { Context } from '../context.js';
import { endpointChains, policyChains } from '../endpoints.js';
import { externalChains } from '../external.js';
import { entranceOf, frontendRules, hasEntrance, healthCheck, KIND } from '../frontends.js';
import { type NamedPort, namePort, toFrontend } from '../port.js';
import { digitsOf, type Owned, type Placed, portDigits } from './dispatch.js';
import { balance } from './endpoints.js';

/** What a ServicePort does with packets to an address and port. */
export interface Claim extends Placed {
  /** Protocol, address if there is one, and port. */
  readonly key: string;
  /** Where `rule` leads to. */
  readonly target: string;
  /** Whether packets may come back from the chain, which then are for the next that claims the key. */
  readonly returns: boolean;
  /** Whether the mark must be cleared before. */
  readonly clears: boolean;
}

/** A rule of a shared chain of table filter, in its place. */
export interface PlacedRule extends Placed {
  readonly chain: string;
}

/** What this layout decides once for all ServicePorts, beside what all layouts know. */
export interface FastContext extends Context {
  /** Which traffic to cluster IPs is masqueraded. */
  readonly masquerade: Frontend['masquerade'];
}

export interface FastPort {
  readonly claims: readonly Claim[];
  readonly filter: readonly PlacedRule[];
  /** In nat. */
  readonly chains: readonly Chain[];
}

/** All that serves `port`; it depends only on the port and the context. */
export function lowerFast(port: ServicePort, context: FastContext): FastPort {
  const named = namePort(port, context);
  const isFast =
    !port.affinity && port.frontends.every(({ sourceRanges, ...frontend }) => !sourceRanges && !isLocal(frontend));
  const own = isFast ? fast(named, context) : kept(named);
  return {
    claims: port.frontends
      .filter(hasEntrance)
      .map((frontend, nth) => ({ ...claim(named, frontend, own.target(frontend)), owner: port, nth })),
    filter: [
      ...port.frontends.flatMap((frontend) =>
        frontendRules(named, frontend)
          .filter(({ table }) => table === 'filter')
          .map((shared) => placed(shared, placeOf(named, frontend))),
      ),
      ...healthCheck(named).map((shared) =>
        placed(shared, { at: 'tcp', digits: portDigits(port.healthCheckNodePort ?? 0) }),
      ),
    ].map((each, nth) => ({ ...each, owner: port, nth })),
    chains: own.chains,
  };
}

/** Whether traffic from outside goes to endpoints of this node only, and keeps its source. */
function isLocal({ kind, policy }: Pick<Frontend, 'kind' | 'policy'>): boolean {
  return kind !== 'ClusterIP' && policy === 'Local';
}

interface Own {
  readonly chains: readonly Chain[];
  readonly target: (frontend: Frontend) => string;
}

function kept(named: NamedPort): Own {
  return {
    chains: [...policyChains(named), ...externalChains(named), ...endpointChains(named)],
    target: (frontend) => entranceOf(frontend, named.chains),
  };
}

function fast(named: NamedPort, context: FastContext): Own {
  const { port } = named;
  const { name, endpoints, frontends, origin } = port;
  const own = fastChains(name);
  const whose = { origin, owner: name };
  // A node port's traffic is marked before; that to an external IP is where everything is.
  const target = ({ kind, policy }: Frontend) => {
    if (kind === 'ClusterIP' && policy === 'Local') return own.local;
    return kind === 'ClusterIP' || kind === 'NodePort' || context.masquerade === 'always' ? own.cluster : own.external;
  };
  const open = frontends.filter(hasEntrance).map(target);
  const entrance = open.includes(own.external);
  const policies = [
    { chain: own.cluster, used: entrance || open.includes(own.cluster), list: endpoints.cluster },
    { chain: own.local, used: open.includes(own.local), list: endpoints.local },
  ];
  return {
    chains: [
      ...policies.filter(({ used }) => used).flatMap(({ chain, list }) => balance(named, chain, list)),
      ...(entrance ? [{ name: own.external, rules: () => external(context, own.cluster) }] : []),
    ].map((chain) => ({ ...chain, ...whose })),
    target,
  };
}

/** The entrance of traffic to external addresses under policy Cluster, all of which is masqueraded. */
function external({ masqueradeMark }: Context, cluster: string): readonly Rule[] {
  return [markMasquerade(masqueradeMark), rule({}, [], { kind: 'goto', chain: cluster })];
}

function claim(named: NamedPort, frontend: Frontend, target: string): Omit<Claim, keyof Owned> {
  const { port, text, protocol } = named;
  const { header, l4 } = toFrontend(named, frontend);
  const returns = frontend.sourceRanges !== undefined || frontend.whenEmpty !== undefined;
  const label = comment(`${text}${KIND[frontend.kind].label}`);
  const to = returns ? jumpTo(target) : { kind: 'goto' as const, chain: target };
  return {
    key: `${protocol} ${frontend.ip ?? ''} ${frontend.port}`,
    ...placeOf(named, frontend),
    rule: rule(header, [label, l4], to, port),
    target,
    returns,
    clears: isLocal(frontend),
  };
}

/** Where the rules of a frontend stand. */
function placeOf({ protocol }: NamedPort, { ip, port }: Frontend): Pick<Placed, 'at' | 'digits'> {
  if (ip === undefined) return { at: protocol, digits: portDigits(port) };
  return { at: 'ip', digits: digitsOf(parseIp(ip)?.bytes ?? []) };
}

/** The condition that all packets to node ports fulfil is not repeated. */
function placed(
  { chain, rule: { matches, ...rest } }: SharedRule,
  place: Pick<Placed, 'at' | 'digits'>,
): Omit<PlacedRule, keyof Owned> {
  return { ...place, chain, rule: { ...rest, matches: matches.filter(({ kind }) => kind !== 'addrtype') } };
}

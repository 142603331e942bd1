/**
 * trace: the rules of a node, and a question → the verdict on the packet and its steps, as data for text and JSON.
 */
import type { Ip } from '../ip.js';
import { stepsOf, type Trail } from '../packet/branch.js';
import type { Evaluator } from '../packet/evaluate.js';
import { answerOf, type Result, type Verdict } from '../packet/verdict.js';
import { type Endpoint, type Frontend, formatServicePortName, type ServicePort } from '../resolve/types.js';
import type { Destination } from './destination.js';
import { podsAt } from './pods.js';
import { type Answered, isProblem, type Named, type Question } from './question.js';
import { senderOf } from './sender.js';
import { sentenceOf, whyOf } from './sentence.js';
import { tracedSteps } from './steps.js';
import { destinationOf } from './target.js';
import type { Asked, Trace, TracedOutcome } from './types.js';
import type { World } from './world.js';

/** Traces the packet of a question; `namespace` begins the DNS search path of a sender that has no namespace. */
export function trace(question: Question, world: World, evaluator: Evaluator, namespace: string): Answered<Trace> {
  const sender = senderOf(question, world, evaluator.isLocal);
  if (isProblem(sender)) return sender;
  const to = destinationOf(question, world, sender.namespace ?? namespace, sender.families);
  if (isProblem(to)) return to;
  const from = sender.sourceTo(to.ip, evaluator.isLocal(to.ip));
  if (isProblem(from)) return from;
  const { results, depends } = answerOf(
    evaluator.evaluate({
      family: to.ip.family,
      source: from.ip,
      destination: to.ip,
      protocol: to.protocol,
      sourcePort: question.sourcePort ?? USUAL_SOURCE_PORT,
      destinationPort: to.port,
      ...(from.inInterface !== undefined && { inInterface: from.inInterface }),
    }),
  );
  const asked = askedOf(question, to, world, evaluator.isLocal(to.ip));
  const outcomes = results.map((result) => outcomeOf(result, world));
  const isAsked = asked !== undefined || question.to.kind === 'node';
  const told = { outcomes, depends, asked, isAsked, to, from };
  const verdicts = new Set(outcomes.map(({ verdict }) => verdict));
  const [only = 'UNKNOWN', another] = verdicts;
  return {
    node: world.node.name,
    from,
    to,
    protocol: to.protocol,
    sourcePort: question.sourcePort,
    lookup: to.lookup ?? [],
    asked,
    isReached: outcomes.every(({ verdict }) => verdict === 'DNAT' || (!isAsked && PASSES.has(verdict))),
    verdict: another === undefined ? only : 'MIXED',
    sentence: sentenceOf(told),
    notes: [...to.notes, ...whyOf(told)],
    outcomes,
    depends,
    steps: tracedSteps(
      results.map(({ outcome }) => stepsOf(outcome)),
      evaluator,
      ({ original, destination, destinationPort, protocol }) => {
        const { destination: ip, port = 0 } = original ?? { destination, port: destinationPort };
        return servicePortAt({ ip, port, protocol }, world, evaluator.isLocal(ip))?.name;
      },
    ),
  };
}

/** From Linux's default net.ipv4.ip_local_port_range, 32768 to 60999; few rules match the source port. */
export const USUAL_SOURCE_PORT = 40000;

const PASSES: ReadonlySet<Verdict> = new Set<Verdict>(['ACCEPT', 'NONE']);

function outcomeOf({ verdict, address, port, masquerade, share, outcome }: Result, world: World): TracedOutcome {
  const { sourceNat, affinity } = outcome.flow;
  return {
    verdict,
    end: outcome.end,
    address,
    port,
    share,
    by: verdict === 'DROP' || verdict === 'REJECT' ? lastOf(outcome.trail) : undefined,
    source: masquerade ? 'node' : sourceNat === 'snat' ? 'changed' : 'kept',
    // Lists that remember a client of a packet that is not translated are those of other programs.
    isSticky: address !== undefined && affinity !== undefined,
    ...(address === undefined ? { pod: undefined, node: undefined } : endpointAt(address, world)),
  };
}

function lastOf(trail: Trail | undefined): string | undefined {
  const last = trail?.site;
  if (!last) return undefined;
  if (last.table === 'relay') return 'the relay, which has no endpoint for it';
  if (last.table === 'ipvs') return 'IPVS, as no real server takes connections';
  return `${last.rule === 0 ? 'the policy' : `rule ${last.rule}`} of ${last.table} ${last.chain}${last.variant === undefined ? '' : ` of iptables-${last.variant}`}`;
}

/** The pod and the node of an endpoint, as far as they are known. */
function endpointAt(address: string, { snapshot, ports }: World): Pick<TracedOutcome, 'pod' | 'node'> {
  const pods = snapshot ? podsAt(snapshot, address) : [];
  const pod = pods.find(({ hostNetwork }) => !hostNetwork);
  const at = ({ ip }: Endpoint) => ip === address;
  // The list of all endpoints of a cluster is too long to be made for each question.
  const endpoint = ports.find(({ endpoints }) => endpoints.reachable.some(at))?.endpoints.reachable.find(at);
  const node = endpoint?.nodeName || pod?.node;
  return { pod: pod && `${pod.namespace}/${pod.name}`, node: node || undefined };
}

/** The ServicePort at the destination; else the Service that the question names, or that has the address. */
function askedOf(
  question: Question,
  { ip, port, protocol, service }: Destination,
  world: World,
  isOwn: boolean,
): Asked | undefined {
  const isNodes = isOwn || question.to.kind === 'node';
  const servicePort = servicePortAt({ ip, port, protocol }, world, isNodes);
  const frontend = servicePort?.frontends.find((each) => isAt(each, { ip, port }, isNodes));
  if (servicePort) {
    const { namespace, service: name } = servicePort.name;
    return {
      namespace,
      name,
      port: formatServicePortName(servicePort.name),
      kind: frontend?.kind,
      servicePort,
      frontend,
    };
  }
  const other = service ? undefined : portsAt(world, ip);
  const found = service ?? other;
  if (!found) return undefined;
  return {
    namespace: found.namespace,
    name: found.name,
    port: `${found.namespace}/${found.name}`,
    kind: undefined,
    servicePort,
    frontend,
    ...(other && { at: other.at }),
  };
}

type At = Pick<Destination, 'ip' | 'port'>;

/** The ServicePort at an address, which is the node's (`isNodes`) or not. */
function servicePortAt(
  at: At & { readonly protocol: string },
  { ports }: World,
  isNodes: boolean,
): ServicePort | undefined {
  return ports.find(
    ({ name, family, frontends }) =>
      family === at.ip.family &&
      name.protocol.toLowerCase() === at.protocol &&
      frontends.some((each) => isAt(each, at, isNodes)),
  );
}

function isAt({ kind, ip, port }: Frontend, at: At, isNodes: boolean): boolean {
  return port === at.port && (kind === 'NodePort' ? isNodes : ip === at.ip.text);
}

/** The Service that has the address, and its ports there. */
function portsAt({ ports }: World, { text }: Ip): (Named & { readonly at: readonly string[] }) | undefined {
  const found = ports.flatMap(({ name, frontends }) =>
    frontends.filter(({ ip }) => ip === text).map(({ port }) => ({ name, at: `${port}/${name.protocol}` })),
  );
  const [first] = found;
  return first && { namespace: first.name.namespace, name: first.name.service, at: found.map(({ at }) => at) };
}

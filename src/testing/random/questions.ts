/**
 * questions: random questions about packets of a snapshot, as people type them: all kinds of senders and targets, some of
 * which have no answer.
 */
import { joinHostPort } from '../../ip.js';
import { keyOf, type Snapshot } from '../../read/types.js';
import { type Dice, diceOf } from '../verify/dice.js';

export interface TypedQuestion {
  readonly from: string;
  readonly to: string;
  readonly protocol: '' | 'tcp' | 'udp' | 'sctp';
  /** `''`: the node that the question implies. */
  readonly node: string;
}

/** Questions about a snapshot that has Nodes and Services. */
export function randomQuestions(snapshot: Snapshot, count: number, seed: number): readonly TypedQuestion[] {
  const dice = diceOf(seed);
  return Array.from({ length: count }, () => ({
    from: sender(snapshot, dice),
    to: target(snapshot, dice),
    protocol: dice.of(['', '', '', '', '', '', '', 'tcp', 'udp', 'sctp'] as const),
    node: dice.of(['', ...snapshot.nodes.map(({ metadata }) => metadata.name)]),
  }));
}

function sender({ nodes, slices, pods }: Snapshot, dice: Dice): string {
  const node = dice.of(nodes);
  const endpoints = slices.flatMap((slice) => slice.endpoints.flatMap(({ addresses }) => addresses));
  return dice.of([
    () => 'outside',
    () => 'node',
    () => `node/${node.metadata.name}`,
    () => dice.of(node.addresses).address,
    () => dice.of(endpoints),
    () => (pods.length > 0 ? `pod/${keyOf(dice.of(pods))}` : 'outside'),
    () => dice.of(['192.0.2.7', '10.244.1.99', '2001:db8::9', '127.0.0.1', 'outside', 'nonsense']),
  ])();
}

function target({ services, nodes, slices }: Snapshot, dice: Dice): string {
  const service = dice.of(services);
  const { name, namespace } = service.metadata;
  const port = service.spec.ports.length > 0 ? dice.of(service.spec.ports) : undefined;
  const number = port?.port ?? 80;
  const endpoints = slices.flatMap((slice) => slice.endpoints.flatMap(({ addresses }) => addresses));
  const addresses = [
    ...service.spec.clusterIPs.filter((ip) => ip !== 'None'),
    ...service.spec.externalIPs,
    ...service.status.loadBalancer.ingress.flatMap(({ ip }) => ip ?? []),
  ];
  const named = () => `svc/${keyOf(service)}:${number}`;
  return dice.of([
    named,
    named,
    named,
    () => `svc/${keyOf(service)}`,
    () => `svc/${keyOf(service)}:${port?.name || number}`,
    () => (addresses.length > 0 ? joinHostPort(dice.of(addresses), dice.of([number, number, 81])) : 'svc/'),
    () => `node:${port?.nodePort || 30000}`,
    () => `node/${dice.of(nodes).metadata.name}:${port?.nodePort || 30000}`,
    () => joinHostPort(dice.of(dice.of(nodes).addresses).address, port?.nodePort || 22),
    () => joinHostPort(dice.of(endpoints), dice.of([8080, number])),
    () => `${name}.${namespace}:${number}`,
    () => dice.of(['svc/nobody', '[::1]:80', 'nowhere.example:80', '10.96.0.1', '']),
  ])();
}

/**
 * flows: classes of packets → echo requests between the same hosts, and the answers and ICMP errors to those packets
 * that pass the node untranslated: packets of the states ESTABLISHED and RELATED.
 */
import type { Family, Ip } from '../../../ip.js';
import type { Evaluator } from '../../../packet/evaluate.js';
import type { PacketClass } from '../../../packet/packet.js';
import { PING } from './bytes.js';
import { deviceOf, type NamedClass, OWN } from './classes.js';

/** Source ports of flows are from here on, so that a port is used once. */
const FIRST_PORT = 20_000;

/** The classes beside those that begin connections over TCP, UDP and SCTP. */
export function laterOf(family: Family, first: readonly NamedClass[], evaluator: Evaluator): readonly NamedClass[] {
  const flows = first.filter(({ packet }) => isPassed(packet, evaluator));
  return [...pings(family, first), ...flows.flatMap(({ name, packet }, i) => answersTo(name, packet, FIRST_PORT + i))];
}

/** An echo request for each source and destination. */
function pings(family: Family, first: readonly NamedClass[]): readonly NamedClass[] {
  const found = new Map<string, NamedClass>();
  for (const { packet } of first) {
    const { source, destination, inInterface } = packet;
    if (packet.state !== undefined) continue;
    const name = `ping ${destination.text} from ${source.text}`;
    const head = { family, source, destination, protocol: PING[family] };
    found.set(name, { name, packet: { ...head, ...(inInterface !== undefined && { inInterface }) } });
  }
  return [...found.values()];
}

/** Whether a packet certainly goes on, with its own addresses, from one host to another. */
function isPassed(packet: PacketClass, evaluator: Evaluator): boolean {
  const { state, protocol, source, destination } = packet;
  if (state !== undefined || protocol === 'sctp' || (OWN.has(source.text) && OWN.has(destination.text))) return false;
  return evaluator.ways(packet).every(({ end, flow, depends }) => {
    const isUntouched = flow.original === undefined && flow.sourceNat === undefined && flow.state === 'NEW';
    return depends.length === 0 && isUntouched && (end === 'delivered' || end === 'forwarded');
  });
}

function answersTo(name: string, first: PacketClass, sourcePort: number): readonly NamedClass[] {
  const { family, source, destination, protocol, destinationPort = 0 } = first;
  const opener = { ...first, sourcePort };
  const back = { family, source: destination, destination: source, ...inBy(destination) };
  const ports = { sourcePort: destinationPort, destinationPort: sourcePort };
  return [
    { name: `answer to ${name}`, packet: { ...back, protocol, ...ports, state: 'ESTABLISHED' }, opener },
    { name: `error about ${name}`, packet: { ...back, protocol: PING[family], state: 'RELATED' }, opener },
  ];
}

function inBy(ip: Ip): Pick<PacketClass, 'inInterface'> {
  return OWN.has(ip.text) ? {} : { inInterface: deviceOf(ip) };
}

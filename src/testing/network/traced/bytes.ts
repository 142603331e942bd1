/**
 * bytes: a class of packets → the bytes of one packet, with a number that identifies it in the trace.
 */
import type { PacketClass } from '../../../packet/packet.js';

/** The type of service of all test packets; packets that the kernel sends by itself have another. */
const SERVICE = 0x2c;

const HOPS = 64;

/** Numbers are below this: the IPv4 identification has 16 bits, and inject.pl uses the last ones for its markers. */
export const MOST_NUMBERS = 0xff00;

/** A packet from a source port of its own; undefined if the class cannot be sent here. */
export function packetBytes(packet: PacketClass, number: number): Buffer | undefined {
  const { protocol, state = 'NEW', sourcePort, destinationPort = 0 } = packet;
  const content = CONTENTS[protocol];
  if (!content?.states.includes(state)) return undefined;
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(sourcePort ?? 32_768 + (number % 32_000), 0);
  ports.writeUInt16BE(destinationPort, 2);
  const body = Buffer.concat([ports, content.bytes(state)]);
  return Buffer.concat([
    packet.family === 'ipv4'
      ? v4(packet, content.number, body.length, number)
      : v6(packet, content.number, body.length, number),
    body,
  ]);
}

/** The bytes after the ports. Checksums are zero, because nf_conntrack_checksum is 0. */
const CONTENTS: Readonly<Record<string, Content>> = {
  tcp: {
    number: 6,
    states: ['NEW', 'INVALID', 'ESTABLISHED'],
    bytes: (state) => Buffer.from(`000000000000000050${TCP_FLAGS[state]}ffff00000000`, 'hex'),
  },
  udp: { number: 17, states: ['NEW', 'ESTABLISHED'], bytes: () => Buffer.from('00080000', 'hex') },
  // A verification tag of 0, and the chunk INIT.
  sctp: {
    number: 132,
    states: ['NEW'],
    bytes: () => Buffer.from('0000000000000000010000140000000100010000000a000a00000001', 'hex'),
  },
};

interface Content {
  readonly number: number;
  /** ESTABLISHED needs a connection that is tracked already. */
  readonly states: readonly string[];
  readonly bytes: (state: string) => Buffer;
}

/** SYN; SYN with FIN, to which conntrack gives the state INVALID; ACK. */
const TCP_FLAGS: Readonly<Record<string, string>> = { NEW: '02', INVALID: '03', ESTABLISHED: '10' };

function v4({ source, destination }: PacketClass, protocol: number, length: number, number: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt8(SERVICE, 1);
  header.writeUInt16BE(20 + length, 2);
  header.writeUInt16BE(number, 4);
  header.writeUInt8(HOPS, 8);
  header.writeUInt8(protocol, 9);
  header.set(source.bytes, 12);
  header.set(destination.bytes, 16);
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  header.writeUInt16BE(~sum & 0xffff, 10);
  return header;
}

function v6({ source, destination }: PacketClass, protocol: number, length: number, number: number): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32BE(0x60000000 + (SERVICE << 20) + number, 0);
  header.writeUInt16BE(length, 4);
  header.writeUInt8(protocol, 6);
  header.writeUInt8(HOPS, 7);
  header.set(source.bytes, 8);
  header.set(destination.bytes, 24);
  return header;
}

/** The source, destination and destination port in the bytes of a packet. */
export function endsOf(bytes: Buffer): {
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly port: number;
} {
  const [at, size, ports] = bytes.readUInt8(0) >>> 4 === 4 ? [12, 4, 20] : [8, 16, 40];
  return {
    source: [...bytes.subarray(at, at + size)],
    destination: [...bytes.subarray(at + size, at + 2 * size)],
    port: bytes.readUInt16BE(ports + 2),
  };
}

/**
 * bytes: a packet of a class as it is on the wire, with a number by which it is found again.
 */
import type { PacketClass } from '../../../packet/packet.js';

/** The type of service of all of them; what the kernel sends of itself has another. */
const SERVICE = 0x2c;

const HOPS = 64;

/** Numbers are below: the identification of an IPv4 header has 16 bits, and the last ones are inject.pl's own. */
export const MOST_NUMBERS = 0xff00;

/** What begins a connection of the class, from a source port of its own; undefined for what cannot be sent here. */
export function packetBytes(packet: PacketClass, number: number): Buffer | undefined {
  const { protocol, state = 'NEW', sourcePort, destinationPort = 0 } = packet;
  const content = CONTENTS[protocol];
  if (!content || !(state === 'NEW' || (state === 'INVALID' && protocol === 'tcp'))) return undefined;
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

/** What follows the ports. Checksums are zero: conntrack is told not to look at them. */
const CONTENTS: Readonly<Record<string, { readonly number: number; readonly bytes: (state: string) => Buffer }>> = {
  // SYN; with FIN as well it is of no connection.
  tcp: {
    number: 6,
    bytes: (state) => Buffer.from(`0000000000000000${state === 'NEW' ? '5002' : '5003'}ffff00000000`, 'hex'),
  },
  udp: { number: 17, bytes: () => Buffer.from('00080000', 'hex') },
  // A verification tag of 0, and the chunk INIT.
  sctp: { number: 132, bytes: () => Buffer.from('0000000000000000010000140000000100010000000a000a00000001', 'hex') },
};

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

/** Where a packet came from and went to, of its bytes. */
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

/**
 * bytes: a class of packets → the bytes of one packet, with a number that identifies it in the trace.
 */
import type { Family } from '../../../ip.js';
import type { PacketClass } from '../../../packet/packet.js';

/** The type of service of all test packets; packets that the kernel sends by itself have another. */
const SERVICE = 0x2c;

const HOPS = 64;

/** Numbers are below this: the IPv4 identification has 16 bits, and inject.pl uses the last ones for its markers. */
export const MOST_NUMBERS = 0xff00;

/** A packet of the class, with a source port of its own unless it has one; undefined if it cannot be sent here. */
export function packetBytes(packet: PacketClass, number: number, opener?: PacketClass): Buffer | undefined {
  const { protocol, state = 'NEW', sourcePort, destinationPort = 0, family } = packet;
  if (state === 'RELATED' && opener) return icmp(packet, number, errorBytes(opener, number));
  if (protocol === PING[family]) return state === 'NEW' ? icmp(packet, number, echoBytes(family, number)) : undefined;
  const content = CONTENTS[protocol];
  const flags = content?.flags[state === 'ESTABLISHED' && opener ? 'ANSWER' : state];
  if (!content || flags === undefined) return undefined;
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(sourcePort ?? 32_768 + (number % 32_000), 0);
  ports.writeUInt16BE(destinationPort, 2);
  return wrap(packet, number, content.number, Buffer.concat([ports, Buffer.from(flags, 'hex')]));
}

/** The protocol of ICMP in each family. */
export const PING = { ipv4: 'icmp', ipv6: 'ipv6-icmp' } as const;
const ICMP = { ipv4: 1, ipv6: 58 } as const;

/** An echo request with the number as its identifier. */
function echoBytes(family: Family, number: number): Buffer {
  return Buffer.from([family === 'ipv4' ? 8 : 128, 0, 0, 0, number >>> 8, number & 0xff, 0, 1]);
}

/** With a checksum: nf_nat_icmp_reply_translation drops errors that have a wrong one. */
function icmp(packet: PacketClass, number: number, body: Buffer): Buffer {
  const { family, source, destination } = packet;
  const pseudo = [
    ...source.bytes,
    ...destination.bytes,
    0,
    0,
    body.length >>> 8,
    body.length & 0xff,
    0,
    0,
    0,
    ICMP.ipv6,
  ];
  body.writeUInt16BE(checksum(Buffer.concat([Buffer.from(family === 'ipv4' ? [] : pseudo), body])), 2);
  return wrap(packet, number, ICMP[family], body);
}

/** "Port unreachable" about the packet that began a flow. */
function errorBytes(opener: PacketClass, number: number): Buffer {
  const about = packetBytes(opener, number) ?? Buffer.alloc(0);
  return Buffer.concat([Buffer.from(opener.family === 'ipv4' ? '0303000000000000' : '0104000000000000', 'hex'), about]);
}

function wrap(packet: PacketClass, number: number, protocol: number, body: Buffer): Buffer {
  const header = packet.family === 'ipv4' ? v4 : v6;
  return Buffer.concat([header(packet, protocol, body.length, number), body]);
}

interface Content {
  readonly number: number;
  /** By state, the bytes after the ports. Checksums are zero, because nf_conntrack_checksum is 0. */
  readonly flags: Readonly<Record<string, string>>;
}

const CONTENTS: Readonly<Record<string, Content>> = {
  tcp: {
    number: 6,
    flags: {
      // SYN, the answer SYN ACK, ACK of a connection that is tracked, and SYN FIN, which conntrack finds INVALID.
      NEW: '00000000000000005002ffff00000000',
      ANSWER: '00000000000000015012ffff00000000',
      ESTABLISHED: '00000000000000005010ffff00000000',
      INVALID: '00000000000000005003ffff00000000',
    },
  },
  udp: { number: 17, flags: { NEW: '00080000', ANSWER: '00080000', ESTABLISHED: '00080000' } },
  // A verification tag of 0, and the chunk INIT.
  sctp: { number: 132, flags: { NEW: '0000000000000000010000140000000100010000000a000a00000001' } },
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
  header.writeUInt16BE(checksum(header), 10);
  return header;
}

/** RFC 1071; the number of bytes is even. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
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

/**
 * discover: a record's data → its text in zone files and in dig's output (RFC 1035, 5.1).
 */
import type { DnsData, DnsRecord, DnsType } from './record.js';

/** The longest character-string of a TXT record (RFC 1035, 3.3). */
const MAX_STRING = 255;

const TEXT: { readonly [T in DnsType]: (data: Extract<DnsData, { readonly type: T }>) => string } = {
  A: ({ address }) => address,
  AAAA: ({ address }) => address,
  CNAME: ({ target }) => nameText(target),
  PTR: ({ target }) => nameText(target),
  NS: ({ target }) => nameText(target),
  SRV: ({ priority, weight, port, target }) => `${priority} ${weight} ${port} ${nameText(target)}`,
  TXT: ({ text }) => strings(text).map(quoted).join(' '),
};

/** `10.96.0.1`, or `0 100 80 web.default.svc.cluster.local.` */
export function dataText(data: DnsData): string {
  return (TEXT[data.type] as (data: DnsData) => string)(data);
}

/** A name with all characters escaped that are special in a zone file. */
export function nameText(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/gu, (character) => octets(character).map(decimal).join(''));
}

/** A key that is equal for records with the same name, type and data. */
export function identity(record: DnsRecord): string {
  return `${record.name} ${record.type} ${dataText(record)}`;
}

/** The octets of a text in pieces that fit into a character-string; an empty text is one empty piece. */
function strings(text: string): readonly (readonly number[])[] {
  const bytes = octets(text);
  const count = Math.max(1, Math.ceil(bytes.length / MAX_STRING));
  return Array.from({ length: count }, (_, i) => bytes.slice(i * MAX_STRING, (i + 1) * MAX_STRING));
}

function quoted(bytes: readonly number[]): string {
  const text = bytes.map((byte) => {
    if (byte < 0x20 || byte > 0x7e) return decimal(byte);
    const character = String.fromCharCode(byte);
    return /["\\]/.test(character) ? `\\${character}` : character;
  });
  return `"${text.join('')}"`;
}

function octets(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}

/** `\007` */
function decimal(byte: number): string {
  return `\\${String(byte).padStart(3, '0')}`;
}

/**
 * Names, shared: the short hashes of kube-proxy's names.
 */
import { sha256Hex } from './sha256.js';

const BASE32 = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', (letter) => letter.charCodeAt(0));

/** The values of hexadecimal digits, by their codes. */
const DIGITS = new Uint8Array(128);
for (let value = 0; value < 16; value++) DIGITS[value.toString(16).charCodeAt(0)] = value;

/** The first `letters` of the base32 SHA-256 of a text; a multiple of 4, for which the bits are whole digits. */
export function shortHash(text: string, letters: number): string {
  return hashName('', text, letters);
}

/**
 * The same behind a prefix. Made of numbers, in one call: a string that is put together keeps its parts until it is read,
 * and after that both; there are 100,000 of these.
 */
export function hashName(prefix: string, text: string, letters: number): string {
  const codes: number[] = [];
  for (let i = 0; i < prefix.length; i++) codes.push(prefix.charCodeAt(i));
  const hex = sha256Hex(text);
  for (let i = 0; i < (letters * 5) / 4; i += 5) {
    let bits = 0;
    for (let j = i; j < i + 5; j++) bits = bits * 16 + (DIGITS[hex.charCodeAt(j)] ?? 0);
    for (let shift = 15; shift >= 0; shift -= 5) codes.push(BASE32[(bits >> shift) & 31] ?? 0);
  }
  return String.fromCharCode(...codes);
}

/** The first 48 bits of the SHA-256 of a text, as a number. */
export function hash48(text: string): number {
  return Number.parseInt(sha256Hex(text).slice(0, 12), 16);
}

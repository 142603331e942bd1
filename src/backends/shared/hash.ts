/**
 * Names, shared: the short hashes of kube-proxy's names.
 */
import { sha256Hex } from './sha256.js';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first `letters` of the base32 SHA-256 of a text; a multiple of 4, for which the bits are whole digits. */
export function shortHash(text: string, letters: number): string {
  return String.fromCharCode(...codesOf(text, letters));
}

/**
 * The same behind a prefix. In one call: a string that is put together keeps its parts until it is read, and after that
 * both; there are 100,000 of these.
 */
export function hashName(prefix: string, text: string, letters: number): string {
  const codes = Array.from(prefix, (letter) => letter.charCodeAt(0));
  return String.fromCharCode(...codes, ...codesOf(text, letters));
}

function codesOf(text: string, letters: number): readonly number[] {
  const hex = sha256Hex(text);
  const codes: number[] = [];
  for (let i = 0; i < (letters * 5) / 4; i += 5) {
    const bits = Number.parseInt(hex.slice(i, i + 5), 16);
    for (let shift = 15; shift >= 0; shift -= 5) codes.push(BASE32.charCodeAt((bits >> shift) & 31));
  }
  return codes;
}

/** The first 48 bits of the SHA-256 of a text, as a number. */
export function hash48(text: string): number {
  return Number.parseInt(sha256Hex(text).slice(0, 12), 16);
}

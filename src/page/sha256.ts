/**
 * sha256: the hash behind kube-proxy's names, in a browser: what src/backends/shared/sha256.ts is in Node. Browsers
 * have one of their own, which answers later, and the compiler asks at once.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** The SHA-256 of a text in hexadecimal digits. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

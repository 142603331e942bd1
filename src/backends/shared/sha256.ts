/**
 * sha256: the hash behind kube-proxy's names, with Node's own code. The page in a browser has src/page/sha256.ts in its
 * place.
 */
import * as crypto from 'node:crypto';

/** The SHA-256 of a text in hexadecimal digits. */
export function sha256Hex(text: string): string {
  return crypto.hash('sha256', text, 'hex');
}

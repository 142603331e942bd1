/**
 * digest: a short text that stands for a long one.
 */
import * as crypto from 'node:crypto';

export function digest(text: string): string {
  return crypto.hash('md5', text, 'base64');
}

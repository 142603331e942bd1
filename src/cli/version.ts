/**
 * cli: which vipc this is.
 */
import { readFileSync } from 'node:fs';

/** As package.json says it. */
export function version(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

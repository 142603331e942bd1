/**
 * Kernel parameters: data, printer and parser together, because each is short.
 */
import type { JsonObject } from '../../json.js';
import type { Line } from '../../text.js';

/** Values by name, such as `net.ipv4.ip_forward`. */
export type Sysctls = Readonly<Record<string, number>>;

/** Settings as `sysctl -p` reads them and sysctl(8) prints them. */
export function* print(sysctls: Sysctls): Generator<Line> {
  for (const [name, value] of Object.entries(sysctls)) yield { text: `${name} = ${value}` };
}

/** The settings of such a text, except those whose value is not one whole number: vipc sets none of them. */
export function parse(text: string): Sysctls {
  const found: [string, number][] = [];
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*([^\s=#;]+)\s*=\s*(-?\d{1,15})\s*$/.exec(line) ?? [];
    if (name !== undefined) found.push([name, Number(value)]);
  }
  return Object.fromEntries(found);
}

/** The same as data for JSON. */
export function toData(sysctls: Sysctls): JsonObject {
  return { sysctls };
}

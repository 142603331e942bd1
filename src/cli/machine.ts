/**
 * cli: the capabilities of this process and the installed programs, found without running anything.
 */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether the PATH has `program`. */
export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => isExecutable(join(directory || '.', program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Bits of a process's capabilities (linux/capability.h). */
const CAPABILITIES = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 } as const;

export type Capability = keyof typeof CAPABILITIES;

/** Whether this process has `capability`; undefined where /proc does not tell, as on systems other than Linux. */
export function has(capability: Capability): boolean | undefined {
  try {
    const [, mask] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (mask === undefined) return undefined;
    return ((BigInt(`0x${mask}`) >> BigInt(CAPABILITIES[capability])) & 1n) === 1n;
  } catch {
    return undefined;
  }
}

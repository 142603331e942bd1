/**
 * Guest: a QEMU machine whose kernel has IPVS, for the tests of the guest ring. jest boots it before the first of them
 * (scripts/guest-setup.js); all share it, each in its own network namespaces.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { Host, HostOptions } from '../../apply/host.js';
import { TOOL_SECONDS } from '../run/patience.js';
import { openPort, type Port } from './guest/port.js';
import { makeNetns, type Netns, withNetns } from './netns.js';

export interface GuestOptions extends HostOptions {
  /** A name of `ip netns` in the guest. */
  readonly netns?: string;
}

/** The guest; without a name its first network namespace, which all test files share: rules belong in another one. */
export function guestHost({ timeoutSeconds = TOOL_SECONDS, netns }: GuestOptions = {}): Host {
  return {
    run: async (argv, stdin = '') => {
      let input: string;
      try {
        input = typeof stdin === 'string' ? stdin : [...stdin].join('');
      } catch (error) {
        return { code: 1, stdout: '', stderr: `${argv[0]}: ${error}\n` };
      }
      try {
        return await openedPort().request({ netns, argv, stdin: input, timeoutSeconds });
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : error}\n${consoleLog()}`);
      }
    },
  };
}

/** makeNetns(), in the guest. */
export async function makeGuestNetns(options?: HostOptions): Promise<Netns> {
  const made = await makeNetns(guestHost(options));
  return { ...made, host: guestHost({ ...options, netns: made.name }) };
}

/** withNetns(), in the guest. */
export function withGuestNetns<T>(use: (host: Host, name: string) => Promise<T>, options?: HostOptions): Promise<T> {
  return withNetns((_, name) => use(guestHost({ ...options, netns: name }), name), guestHost(options));
}

/** Why the guest ring cannot run here, or undefined when it can. */
export async function guestRingProblem(): Promise<string | undefined> {
  if (process.env.VIPC_GUEST_PROBLEM) return process.env.VIPC_GUEST_PROBLEM;
  if (!process.env.VIPC_GUEST) return 'not booted; only the jest project `guest` does that';
  try {
    const { code } = await guestHost().run(['test', '-e', '/proc/net/ip_vs']);
    return code === 0 ? undefined : `its kernel has no IPVS\n${consoleLog()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

let port: Port | undefined;

// Each test file loads this module anew, and the port accepts one connection at a time.
afterAll(() => port?.close());

/** The port of this jest worker. */
function openedPort(): Port {
  const folder = process.env.VIPC_GUEST ?? '';
  const ports = readdirSync(folder).filter((name) => name.startsWith('port')).length;
  const worker = Number(process.env.JEST_WORKER_ID ?? 1) - 1;
  port ??= openPort(join(folder, `port${worker % ports}`));
  return port;
}

/** The end of the guest's console log, to report why it failed. */
function consoleLog(): string {
  try {
    return readFileSync(join(process.env.VIPC_GUEST ?? '', 'console.log'), 'utf8').slice(-4000);
  } catch {
    return 'The machine and its console are gone.';
  }
}

/**
 * The list of backends: one line per proxy mode.
 */
import type { Backend } from './backend.js';
import { iptables } from './iptables/backend.js';
import { ipvs } from './ipvs/backend.js';
import { nftables } from './nftables/backend.js';
import { userspace } from './userspace/backend.js';

export const BACKENDS: readonly Backend[] = [iptables, ipvs, nftables, userspace];

/** The backend of a proxy mode among `backends`; `''` is kube-proxy's way to say the default. */
export function backendFor(mode: string, backends: readonly Backend[] = BACKENDS): Backend | undefined {
  return backends.find((backend) => backend.mode === (mode || 'iptables'));
}

/** The proxy modes there are. */
export const MODES: readonly string[] = BACKENDS.map(({ mode }) => mode);

/** The layouts that some mode has. */
export const LAYOUTS: readonly string[] = [...new Set(BACKENDS.flatMap(({ layouts }) => layouts))];

/** The files that modes are compiled to; beside them stands resolved.txt. */
export const FILES: readonly string[] = [...new Set(BACKENDS.flatMap(({ files }) => files))];

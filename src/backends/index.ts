/**
 * The list of backends: one line per proxy mode.
 */
import type { Backend } from './backend.js';
import { iptables } from './iptables/backend.js';
import { ipvs } from './ipvs/backend.js';

export const BACKENDS: readonly Backend[] = [iptables, ipvs];

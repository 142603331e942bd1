/**
 * lower, shared: protocols of the Kubernetes API → the kernel's names.
 */

import type { Protocol } from '../../resolve/types.js';
import type { L4Protocol } from '../../tools/l4.js';

export const L4: Readonly<Record<Protocol, L4Protocol>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };

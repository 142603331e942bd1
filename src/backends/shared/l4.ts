/**
 * lower, shared: the Kubernetes API's protocols in the kernel's words.
 */
import type { L4Protocol } from '../../languages/l4.js';
import type { Protocol } from '../../resolve/types.js';

export const L4: Readonly<Record<Protocol, L4Protocol>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };

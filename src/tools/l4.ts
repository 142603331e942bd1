/**
 * Transport protocols as all the kernel's tools call them.
 */

export type L4Protocol = 'tcp' | 'udp' | 'sctp';

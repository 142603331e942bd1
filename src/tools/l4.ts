/**
 * Transport protocols, by the name that all tools of the kernel use.
 */

export type L4Protocol = 'tcp' | 'udp' | 'sctp';

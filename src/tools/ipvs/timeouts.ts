/**
 * parseTimeouts: output of `ipvsadm --list --timeout` → timeouts, which `ipvsadm --save` does not print.
 */
import type { Timeouts } from './types.js';

/** The timeouts, or undefined when the text has none. */
export function parseTimeouts(text: string): Timeouts | undefined {
  const [, tcp, tcpFin, udp] = /^Timeout \(tcp tcpfin udp\): (\d+) (\d+) (\d+)$/m.exec(text) ?? [];
  return tcp === undefined ? undefined : { tcp: Number(tcp), tcpFin: Number(tcpFin), udp: Number(udp) };
}

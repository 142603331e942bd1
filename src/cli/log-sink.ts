/**
 * cli: where the daemon's log lines go. pino escapes what JSON must, which leaves DEL, C1 and what reorders text, and
 * `journalctl -o cat` or `kubectl logs` bring those to a terminal.
 */
import pino from 'pino';
import { escapedJson } from '../printable.js';

export interface LogSink {
  write(line: string): void;
}

/** Standard error, with unsafe characters as `\uXXXX`; a line is whole when write returns. */
export function logSink(to: LogSink = pino.destination({ dest: 2, sync: true })): LogSink {
  return { write: (line) => to.write(escapedJson(line)) };
}

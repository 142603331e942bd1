/**
 * cli: the process of `vipc port-forward --netns` in the network namespace: listeners come as messages, lines go back.
 */
import { Server } from 'node:net';
import type { Forward } from '../kubectl/forward.js';
import { ACCEPTED, relayTo } from './relayed.js';

process.on('message', (forward: Forward, server: unknown) => {
  if (!(server instanceof Server)) return;
  relayTo(server, forward, (line) => process.send?.(line));
  process.send?.(ACCEPTED);
});
process.on('disconnect', () => process.exit());
// Ctrl+C on a terminal reaches this process, too; the other one ends it.
process.on('SIGINT', () => {});

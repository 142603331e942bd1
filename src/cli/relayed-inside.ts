/**
 * cli: a process in a network namespace that accepts from listeners of this one. A socket stays in the namespace in which it
 * was made: clients are here, endpoints there.
 */
import { spawn } from 'node:child_process';
import type { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { enter } from '../apply/host.js';
import type { Forward } from '../kubectl/forward.js';
import { ACCEPTED } from './relayed.js';

export interface Inside {
  /** Gives the listener to the process; resolves when clients are accepted there. */
  readonly relay: (server: Server, forward: Forward) => Promise<void>;
  /** Resolves with the reason when the process has ended by itself. */
  readonly ended: Promise<string>;
  readonly close: () => void;
}

/** The process; it says a line for people by `say`. */
export function startInside(netns: string, say: (line: string) => void): Inside {
  const [program, ...args] = enter(netns);
  const worker = fileURLToPath(new URL('./relayed-worker.js', import.meta.url));
  const child = spawn(program, [...args, process.execPath, worker], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaint = '';
  child.stderr?.on('data', (part) => {
    complaint += part;
  });
  const accepted: (() => void)[] = [];
  child.on('message', (line) => (line === ACCEPTED ? accepted.shift()?.() : say(String(line))));
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code) => resolve(complaint.trim().split('\n')[0] || `the relay ended with ${code}`));
  });
  return {
    relay: (server, forward) =>
      new Promise((resolve) => {
        // The listener is in both processes until it is closed here; a client that came here meanwhile can try again.
        server.on('connection', (client) => client.resetAndDestroy());
        accepted.push(() => {
          server.close();
          resolve();
        });
        // Why it cannot be sent is why the process ended.
        child.send(forward, server, () => {});
      }),
    ended,
    close: () => child.kill('SIGKILL'),
  };
}

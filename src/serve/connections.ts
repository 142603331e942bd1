/**
 * connections: limits the open connections. A listener that refuses new ones when it is full can be blocked by the first
 * clients; here the oldest idle connection is closed, so that a probe always gets through.
 */
import type { Socket } from 'node:net';

export interface Connections {
  /** Counts a new one, until it closes. */
  opened(socket: Socket): void;
  /** A request on it is being answered, until the returned function is called. */
  busy(socket: Socket): () => void;
}

/** At most `most` connections, together for all servers that share them. */
export function newConnections(most: number): Connections {
  /** The number of requests on each; the one that was used last is the last. */
  const open = new Map<Socket, number>();
  let trimming = false;

  const used = (socket: Socket, requests: number): void => {
    // A connection that was closed meanwhile is not counted again.
    if (open.delete(socket)) open.set(socket, requests);
  };
  const trim = (): void => {
    trimming = false;
    // Idle connections are closed first; when all are busy, the oldest of them.
    const byWorth = [...open].sort(([, a], [, b]) => Math.min(a, 1) - Math.min(b, 1));
    for (const [socket] of byWorth.slice(0, Math.max(0, open.size - most))) {
      open.delete(socket);
      socket.destroy();
    }
  };
  return {
    opened: (socket) => {
      open.set(socket, 0);
      socket.once('close', () => open.delete(socket));
      if (open.size <= most || trimming) return;
      trimming = true;
      // Once after all waiting connections were accepted, and once more after their requests were read: after a long sync
      // there may be hundreds of them, and a probe that has sent its request is not idle.
      setImmediate(() => setImmediate(trim));
    },
    busy: (socket) => {
      used(socket, (open.get(socket) ?? 0) + 1);
      return () => used(socket, Math.max(0, (open.get(socket) ?? 0) - 1));
    },
  };
}

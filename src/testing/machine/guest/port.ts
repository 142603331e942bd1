/** Port: a connection to one agent in the guest, made at the first request; requests wait for each other. */
import { createConnection, type Socket } from 'node:net';
import type { Outcome } from '../../../apply/host.js';
import { answerReader, type Request, requestBytes } from '../wire.js';

export interface Port {
  /** Rejects only when the guest itself fails. */
  request(request: Omit<Request, 'id'>): Promise<Outcome>;
  /** When all requests have been answered, lets the next one in; later requests fail, or they would keep jest from ending. */
  close(): Promise<void>;
}

/** The port behind the socket `path`. QEMU lets one in at a time; others wait. */
export function openPort(path: string): Port {
  let socket: Socket | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let count = 0;
  let closed = false;

  const queued = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  };

  return {
    request: (request) =>
      queued(async () => {
        if (closed) throw new Error('guest: the test file has ended');
        // Between requests an error has nobody to tell; the next one finds the socket destroyed.
        if (socket === undefined || socket.destroyed) socket = createConnection(path).on('error', () => {});
        count += 1;
        // Never that of a request of an earlier connection, whose answer may still be under way.
        return exchange(socket, { ...request, id: `${process.pid}-${Date.now()}-${count}` });
      }),
    close: () =>
      queued(async () => {
        closed = true;
        socket?.destroy();
      }),
  };
}

/** How much longer than the program the guest may take to say how it ended. */
const GRACE_SECONDS = 60;

function exchange(socket: Socket, request: Request): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      done();
      socket.destroy();
      reject(new Error(`guest: ${request.argv.join(' ')}: ${what}`));
    };
    const data = (bytes: Buffer): void => {
      try {
        read(bytes);
      } catch (error) {
        fail(String(error));
      }
    };
    const read = answerReader(({ id, outcome }) => {
      if (id !== request.id) return;
      done();
      resolve(outcome);
    });
    const failed = (error: Error): void => fail(error.message);
    const closed = (): void => fail('the machine is gone');
    const timer = setTimeout(() => fail('no answer'), (request.timeoutSeconds + GRACE_SECONDS) * 1000);
    const done = (): void => {
      clearTimeout(timer);
      socket.off('data', data).off('error', failed).off('close', closed);
    };
    socket.on('data', data).on('error', failed).on('close', closed);
    socket.write(requestBytes(request));
  });
}

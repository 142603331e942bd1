/** Port: a connection to one agent in the guest, opened by the first request; requests run one after the other. */
import { createConnection, type Socket } from 'node:net';
import type { Outcome } from '../../../apply/host.js';
import { answerReader, type Request, requestBytes } from '../wire.js';

export interface Port {
  /** Rejects only when the guest itself fails. */
  request(request: Omit<Request, 'id'>): Promise<Outcome>;
  /**
   * After the pending requests, frees the port for others. Later requests fail, because they would keep jest from
   * ending.
   */
  close(): Promise<void>;
}

/** The port at the socket `path`. QEMU accepts one connection at a time; others wait. */
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
        // Between requests there is no caller to tell of an error; the next request finds the socket destroyed.
        if (socket === undefined || socket.destroyed) socket = createConnection(path).on('error', () => {});
        count += 1;
        // Never the id of a request on an earlier connection, whose answer may still arrive.
        return exchange(socket, { ...request, id: `${process.pid}-${Date.now()}-${count}` });
      }),
    close: () =>
      queued(async () => {
        closed = true;
        socket?.destroy();
      }),
  };
}

/** How much longer than the program's timeout the guest may take to answer. */
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

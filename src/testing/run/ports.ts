/**
 * Ports: numbers for listeners of tests. The kernel chooses ephemeral ports from 32768 (ip(7), ip_local_port_range): a
 * port of these that was free a moment ago may be another process's now, and a client that connects to one where nobody
 * listens may get that very port as its own and so talk to itself. These ports are below, and each process of tests has
 * its own.
 */
import { createServer } from 'node:net';

const FIRST = 10_000;
const EACH = 1_000;
/** Node ports and the kernel's own begin above. */
const PROCESSES = 20;

const worker = Number(process.env.JEST_WORKER_ID ?? 1) % PROCESSES;
/** Where the walk through the process's own ports begins differs, as two suites may run at once. */
let next = process.pid % EACH;

/** A port where nothing listens, of no address; each call gives another, until all of the process's own were given. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < EACH; tried++) {
    const port = FIRST + worker * EACH + (next++ % EACH);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port is free from ${FIRST + worker * EACH}`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(false));
    server.listen(port, () => server.close(() => done(true)));
  });
}

/**
 * relay-process: the relay as a program of the node. It is a process of the daemon, in the node's network namespace; the
 * first listener starts it, and it ends with the daemon.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { enter, type Host } from '../apply/host.js';
import type { Counts, Failure, Message, Question } from '../relay/types.js';
import type { Outcome } from '../tools/ask.js';
import { RELAY } from '../tools/relay/tool.js';

export interface RelayProcess {
  /** The node's host, which has the relay's program as well. */
  readonly host: Host;
  readonly counts: () => Promise<Counts>;
  /** Its process, while there is one. */
  readonly pid: () => number | undefined;
  readonly close: () => void;
}

export interface RelayProcessOptions {
  readonly netns: string | undefined;
  readonly failed: (failure: Failure) => void;
  /** The process has ended by itself: its listeners are gone. */
  readonly onEnd: (why: string) => void;
}

interface Running {
  readonly child: ChildProcess;
  readonly waiting: Map<number, (outcome: Outcome) => void>;
}

/** The relay of a node; no process runs before a listener is wanted. */
export function newRelayProcess(host: Host, options: RelayProcessOptions): RelayProcess {
  let running: Running | undefined;
  let asked = 0;
  let isClosed = false;
  const start = (): Running => {
    const started = startProcess(options, (why) => {
      if (running === started) running = undefined;
      for (const answer of started.waiting.values()) answer({ code: 1, stdout: '', stderr: why });
      if (!isClosed) options.onEnd(why);
    });
    return started;
  };
  const ask = (args: readonly string[], input: string): Promise<Outcome> => {
    if (!running && args[0] !== 'change') return Promise.resolve({ code: 0, stdout: '', stderr: '' });
    running ??= start();
    const { child, waiting } = running;
    const id = asked++;
    return new Promise((resolve) => {
      waiting.set(id, (outcome) => {
        waiting.delete(id);
        resolve(outcome);
      });
      // Why it cannot be sent is why the process ended.
      child.send({ id, args, input } satisfies Question, () => {});
    });
  };
  return {
    host: {
      run: ([program, ...args], stdin = '') =>
        program === RELAY
          ? ask(args, typeof stdin === 'string' ? stdin : [...stdin].join(''))
          : host.run([program ?? '', ...args], stdin),
    },
    counts: async () => JSON.parse((await ask(['count'], '')).stdout || '{}') as Counts,
    pid: () => running?.child.pid,
    close: () => {
      isClosed = true;
      running?.child.disconnect();
    },
  };
}

function startProcess({ netns, failed }: RelayProcessOptions, onEnd: (why: string) => void): Running {
  const own = fileURLToPath(new URL('../relay/process.js', import.meta.url));
  const inside = netns === undefined ? [] : enter(netns);
  const [program, ...args] = [...inside, 'sh', '-c', WITH_DESCRIPTORS, 'sh', process.execPath, own];
  const child = spawn(program ?? '', args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const waiting: Running['waiting'] = new Map();
  let complaint = '';
  child.stderr?.on('data', (part) => {
    complaint = `${complaint}${part}`.slice(0, MOST_COMPLAINT);
  });
  child.on('message', (message: Message) => {
    if (message.kind === 'answer') waiting.get(message.id)?.(message.outcome);
    else failed(message.failure);
  });
  let ended = false;
  const end = (why: string): void => {
    if (ended) return;
    ended = true;
    onEnd(why);
  };
  child.once('error', ({ message }) => end(message));
  child.once('close', (code, signal) =>
    end(complaint.trim().split('\n')[0] || `the relay ended with ${signal ?? code}`),
  );
  return { child, waiting };
}

/** Two descriptors for each connection; who may not have so many has as many as before. */
const WITH_DESCRIPTORS = 'ulimit -n 400100 2>/dev/null; exec "$@"';

const MOST_COMPLAINT = 4096;

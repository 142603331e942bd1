/**
 * Sync process: `vipc sync` as a process of its own, for a node that is a network namespace. It runs what is built in dist/.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ROOT } from '../cases/cases.js';
import { eventually } from '../run/patience.js';

/** A line of its log. */
export type LogLine = Readonly<Record<string, unknown>>;

export interface SyncProcess {
  readonly child: ChildProcess;
  /** Resolves with the next line of the log that begins with the message, past or future. */
  readonly said: (msg: string) => Promise<LogLine>;
  /** Ends it with SIGTERM and returns its exit code. */
  readonly end: () => Promise<number | null>;
  /** Ends it with SIGKILL. */
  readonly kill: () => Promise<void>;
}

/** Starts it; `program` is run as vipc. */
export function startSync(
  netns: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  program = `${ROOT}bin/vipc.js`,
): SyncProcess {
  const argv = ['sync', '--netns', netns, '--iptables', 'nft', ...flags];
  const child = spawn(process.execPath, [program, ...argv], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines: LogLine[] = [];
  createInterface({ input: child.stderr }).on('line', (line) =>
    lines.push(line.startsWith('{') ? (JSON.parse(line) as LogLine) : { msg: line }),
  );
  return {
    child,
    said: (msg) =>
      eventually(`it says ${msg}`, () => {
        const at = lines.findIndex((line) => String(line['msg']).startsWith(msg));
        return at < 0 ? undefined : lines.splice(0, at + 1).at(-1);
      }),
    end: () => {
      child.kill('SIGTERM');
      return ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

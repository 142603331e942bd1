/**
 * vipc: runs a command line in this process, with its own streams.
 */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { HostAt } from '../../apply/host.js';
import { main } from '../../cli/main.js';
import { agentAt } from '../machine/agent.js';

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs vipc with `stdin`, or on a terminal when it is undefined. `name` is the program's name in messages. */
export async function vipc(
  argv: readonly string[],
  stdin?: string,
  env: Record<string, string> = {},
  name = 'vipc',
  hostAt: HostAt = agentAt,
): Promise<Result> {
  const terminal = stdin === undefined;
  const [out, err, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  input.end(stdin ?? '');
  const [stdout, stderr] = [text(out), text(err)];
  const tty = { isTTY: terminal };
  const io = {
    stdin: Object.assign(input, tty),
    stdout: Object.assign(out, tty),
    stderr: Object.assign(err, tty),
    hostAt,
    env: terminal ? { NO_COLOR: '1', ...env } : env,
  };
  const code = await main(argv, io, name);
  out.end();
  err.end();
  return { code, stdout: await stdout, stderr: await stderr };
}

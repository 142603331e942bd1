/**
 * Host: the only access to a kernel: an argument list (never a shell) and stdin → exit code and output, as a value.
 * Production and tests differ only by the prefix that enters a network namespace. The only importer of execa.
 */
import { constants } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { execa } from 'execa';
import type { Ask, Outcome } from '../tools/ask.js';

export type { Outcome } from '../tools/ask.js';

export interface Host {
  readonly run: Ask;
}

export interface HostOptions {
  /** A program that runs longer is killed. */
  readonly timeoutSeconds?: number;
  /** An open file that every program inherits, such as a lock. */
  readonly inherit?: number;
}

/** This machine, in the network namespace of this process. */
export function localHost(options: HostOptions = {}): Host {
  return { run: (argv, stdin = '', take) => run(argv, stdin, options, take) };
}

/** A network namespace of this machine: a name of `ip netns` or, with a slash, a path such as /proc/1/ns/net. */
export function netnsHost(netns: string, options: HostOptions = {}): Host {
  return inNetns(localHost(options), netns);
}

/** The node in `netns`, or this machine's own. */
export type HostAt = (netns: string | undefined, options?: HostOptions) => Host;

/** The hosts of the machine that vipc runs on. */
export const hostAt: HostAt = (netns, options) =>
  netns === undefined ? localHost(options) : netnsHost(netns, options);

/** A network namespace of the machine that `host` is, named as for netnsHost(). */
export function inNetns(host: Host, netns: string): Host {
  const prefix = enter(netns);
  return {
    run: async (argv, stdin, take) => missing(argv[0] ?? '', await host.run([...prefix, ...argv], stdin, take)),
  };
}

/** The command line before that of a program that runs in a network namespace. */
export function enter(netns: string): readonly [string, ...string[]] {
  return netns.includes('/') ? ['nsenter', `--net=${netns}`, '--'] : ['ip', 'netns', 'exec', netns];
}

/** Long enough for iptables-legacy to load a very large cluster. */
export const TIMEOUT_SECONDS = 120;

/** execa stops reading at 100 MB; a cluster with 50,000 Services has more rules than that. */
const MAX_OUTPUT = 400_000_000;

async function run(
  argv: readonly string[],
  stdin: string | Iterable<string>,
  { timeoutSeconds = TIMEOUT_SECONDS, inherit }: HostOptions,
  take?: (piece: string) => void,
): Promise<Outcome> {
  const [program = '', ...args] = argv;
  const child = execa(program, args, {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: MAX_OUTPUT,
    buffer: { stdout: take === undefined },
    // Messages are parsed, so they must not be translated.
    env: { LC_ALL: 'C' },
    ...(typeof stdin === 'string' ? { input: stdin } : {}),
    stdio: [
      typeof stdin === 'string' ? 'pipe' : each(stdin),
      'pipe',
      'pipe',
      // execa takes any descriptor, though its types name only the first few.
      ...(inherit === undefined ? [] : [inherit as 3]),
    ],
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill();
    // A grandchild may keep the pipes open; execa's own timeout would wait for it.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, timeoutSeconds * 1000);
  if (take && child.stdout) await handOver(child.stdout, take);
  const result = await child;
  clearTimeout(timer);

  const failed = (code: number, message: string): Outcome => ({
    code,
    stdout: result.stdout ?? '',
    stderr: `${result.stderr ?? ''}${program}: ${message}\n`,
  });
  if (late) return failed(124, `no answer within ${timeoutSeconds} s`);
  if (result.code === 'ENOENT') return failed(127, 'no such program');
  if (result.code === 'EACCES') return failed(126, 'not executable');
  if (result.signal) return failed(128 + constants.signals[result.signal], result.shortMessage ?? result.signal);
  // Also when it exited with 0 but stdin broke off: then it has read only a part of its input.
  if (result.failed && !result.exitCode) return failed(1, result.shortMessage ?? 'failed');
  return { code: result.exitCode ?? 1, stdout: result.stdout ?? '', stderr: result.stderr };
}

/** `ip netns exec` answers 255 or 1 when the program is missing, where nsenter and we answer 127. */
function missing(program: string, outcome: Outcome): Outcome {
  const absent =
    [1, 255].includes(outcome.code) && /^exec of ".*" failed: No such file or directory$/m.test(outcome.stderr);
  return absent ? { ...outcome, code: 127, stderr: `${program}: no such program\n` } : outcome;
}

/** Hands over the output of a program; between two pieces everything else in this process has its turn. */
async function handOver(output: NodeJS.ReadableStream, take: (piece: string) => void): Promise<void> {
  try {
    for await (const piece of output.setEncoding('utf8')) {
      take(String(piece));
      await nextTurn();
    }
  } catch {
    // The program was stopped; its outcome says so.
  }
}

/** A generator, since execa takes an array for several sources. */
function* each(chunks: Iterable<string>): Generator<string> {
  yield* chunks;
}

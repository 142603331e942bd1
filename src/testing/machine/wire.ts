/** Wire: the protocol on a serial port of the guest. scripts/agent.pl is the other end, and documents the format. */
import type { Outcome } from '../../apply/host.js';

export interface Request {
  readonly id: string;
  /** The name of a network namespace; the first one when absent. */
  readonly netns?: string | undefined;
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly timeoutSeconds: number;
}

/** The bytes of a request. */
export function requestBytes({ id, netns = '-', argv, stdin, timeoutSeconds }: Request): Buffer {
  if (argv.some((argument) => argument.includes('\0'))) throw new Error('an argument contains a NUL');
  const args = Buffer.from(argv.map((argument) => `${argument}\0`).join(''));
  const input = Buffer.from(stdin);
  return Buffer.concat([
    Buffer.from(`run ${id} ${netns} ${timeoutSeconds} ${args.length} ${input.length}\n`),
    args,
    input,
  ]);
}

export interface Answer {
  readonly id: string;
  readonly outcome: Outcome;
}

/** Takes bytes in pieces of any size, and passes on each complete answer. */
export function answerReader(take: (answer: Answer) => void): (bytes: Buffer) => void {
  let pieces: Buffer[] = [];
  let held = 0;
  let wanted = 1;
  return (bytes) => {
    pieces.push(bytes);
    held += bytes.length;
    // Join only when there may be enough bytes: a large answer comes in hundreds of pieces.
    while (held >= wanted) {
      const all = Buffer.concat(pieces);
      const { length, answer } = readAnswer(all);
      const rest = answer === undefined ? all : all.subarray(length);
      pieces = [rest];
      held = rest.length;
      wanted = answer === undefined ? length : 1;
      if (answer !== undefined) take(answer);
    }
  };
}

/** The answer at the start of `bytes` and its length, or how many bytes are needed to continue. */
function readAnswer(bytes: Buffer): { readonly length: number; readonly answer?: Answer } {
  const end = bytes.indexOf('\n') + 1;
  if (end === 0) return { length: bytes.length + 1 };
  const head = bytes.toString('latin1', 0, end);
  const [, id = '', code, stdout, stderr] = /^(\S+) (\d+) (\d+) (\d+)\n$/.exec(head) ?? [];
  if (code === undefined) throw new Error(`guest: not an answer: ${head}`);
  const middle = end + Number(stdout);
  const length = middle + Number(stderr);
  if (bytes.length < length) return { length };
  const outcome = {
    code: Number(code),
    stdout: bytes.toString('utf8', end, middle),
    stderr: bytes.toString('utf8', middle, length),
  };
  return { length, answer: { id, outcome } };
}

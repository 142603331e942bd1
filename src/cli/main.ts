/**
 * cli: runs a command line, and turns errors into messages and exit codes.
 */
import { CommanderError } from 'commander';
import { sentence } from '../files.js';
import { EXIT, type Io, PROCESS_IO, painter, shown } from './io.js';
import { buildProgram } from './program.js';
import { hide } from './progress.js';

/**
 * Runs the command line `argv` (without node and script) and returns the exit code: 0 fine or same, 1 different or the
 * input has errors, 2 trouble. `name` is the program's name in messages.
 */
export async function main(argv: readonly string[], io: Io = PROCESS_IO, name = 'vipc'): Promise<number> {
  let code: number = EXIT.ok;
  io.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok); // the reader, such as `head`, has ended
    complain(error, io);
    process.exit(EXIT.trouble);
  });
  // Errors may have no reader, as in `2>&1 | head`; the exit code still tells.
  io.stderr.on('error', () => {});
  const done = (result: number): void => {
    code = result;
  };
  const program = buildProgram(io, done, name);
  try {
    await program.parseAsync(argv, { from: 'user' });
    hide();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.trouble;
    complain(error, io);
    return EXIT.trouble;
  }
}

/** Prints an error of the environment as one line. */
function complain(error: unknown, io: Io): void {
  hide();
  const paint = painter(io.stderr, io.env);
  io.stderr.write(shown(`${paint('red', 'error:')} ${sentence(error)}\n`));
  if (io.env['VIPC_DEBUG'] && error instanceof Error) io.stderr.write(shown(`${error.stack}\n`));
}

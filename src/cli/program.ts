/**
 * cli: commander wiring. A command's code is loaded when the command runs, so that `--version` and `--help` are fast.
 */
import { Command } from 'commander';
import { type Add, example } from './command.js';
import { addAllocate } from './commands/allocate.js';
import { addApply } from './commands/apply.js';
import { addCapture } from './commands/capture.js';
import { addCleanup } from './commands/cleanup.js';
import { addCompile } from './commands/compile.js';
import { addCompletion } from './commands/completion.js';
import { addDescribe } from './commands/describe.js';
import { addDiff } from './commands/diff.js';
import { addDns } from './commands/dns.js';
import { addDoctor } from './commands/doctor.js';
import { addEnv } from './commands/env.js';
import { addExplain } from './commands/explain.js';
import { addExpose } from './commands/expose.js';
import { addGet } from './commands/get.js';
import { addLint } from './commands/lint.js';
import { addMigrate } from './commands/migrate.js';
import { addPortForward } from './commands/port-forward.js';
import { addReport } from './commands/report.js';
import { addSync } from './commands/sync.js';
import { addTrace } from './commands/trace.js';
import { addVerify } from './commands/verify.js';
import { type Io, painter, shown } from './io.js';
import { version } from './version.js';

/** In the order of the help. */
const COMMANDS: readonly Add[] = [
  addCompile,
  addDiff,
  addVerify,
  addMigrate,
  addApply,
  addCleanup,
  addSync,
  addDoctor,
  addTrace,
  addLint,
  addGet,
  addDescribe,
  addExplain,
  addReport,
  addDns,
  addEnv,
  addExpose,
  addPortForward,
  addAllocate,
  addCapture,
  addCompletion,
];

/** The program `name` with its commands; the one that runs passes its exit code to `done`. */
export function buildProgram(io: Io, done: (code: number) => void, name = 'vipc'): Command {
  const program = new Command(name)
    .description("The Service VIP compiler: Kubernetes Services in, kube-proxy's kernel rules out.")
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(shown(called(name, text))),
      writeErr: (text) => io.stderr.write(shown(called(name, text))),
      outputError: (text, write) => write(painter(io.stderr, io.env)('red', `${text}${remedyFor(text)}`)),
    })
    .showHelpAfterError('(vipc --help, or vipc COMMAND --help, says more)')
    .addHelpText('after', () => `\nExample:\n  vipc compile ${example()}\n`);
  for (const add of COMMANDS) add(program, io, done);
  for (const command of program.commands) command.exitOverride().hook('preAction', (_, acting) => refuseEmpty(acting));
  return program;
}

/** What to do with an option that other commands have. */
function remedyFor(error: string): string {
  if (!/unknown option '--cluster(?:'|=)/.test(error)) return '';
  return (
    '  compile, dns and lint read several clusters. Their rules go on from there: vipc compile --cluster NAME=PATH -o DIR,\n' +
    '  and vipc trace --rules DIR. Other commands read one, with what it imports: a dump of it that has ServiceImports.\n'
  );
}

/** An empty value is usually an unset variable of a script; `-o ""` would write into the current directory. */
function refuseEmpty(command: Command): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (values.includes('')) command.error(`error: option '${option.flags}' needs a value, it is empty`);
  }
  if (command.args.includes('')) command.error('error: an argument is empty; leave it out, or name a file');
}

/** A help text with command lines as the user types them: kubectl's plugins have `kubectl` before their name. */
function called(name: string, text: string): string {
  return text.replace(/(?<=^ +|[|(] |\(|, or )vipc (?=[a-zA-Z-])/gm, `${name} `);
}

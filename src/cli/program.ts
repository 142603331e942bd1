/**
 * cli: commander wiring. A command's code is loaded when the command runs, so that `--version` and `--help` answer at once.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import type { ApplyFlags } from './apply.js';
import type { CleanupFlags } from './cleanup.js';
import type { CompileFlags } from './compile.js';
import type { DiffFlags } from './diff.js';
import { changeOptions, completionOptions, inputOptions, nodeOptions, proxyOptions } from './flags.js';
import { type Io, painter } from './io.js';
import type { SyncFlags } from './sync.js';

const EXIT_CODES = '\nExit codes: 0 fine or same; 1 different, or the input has errors; 2 trouble.\n';

/** The commands; `done` is told the exit code of the one that ran. */
export function buildProgram(io: Io, done: (code: number) => void): Command {
  const program = new Command('vipc')
    .description("The Service VIP compiler: Kubernetes Services in, kube-proxy's kernel rules out.")
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(painter(io.stderr, io.env)('red', text)),
    })
    .showHelpAfterError('(vipc --help, or vipc COMMAND --help, says more)')
    .addHelpText('after', () => `\nExample:\n  vipc compile ${example()}\n`);
  addCompile(program, io, done);
  addDiff(program, io, done);
  addApply(program, io, done);
  addCleanup(program, io, done);
  addSync(program, io, done);
  for (const command of program.commands) command.exitOverride();
  return program;
}

type Add = (program: Command, io: Io, done: (code: number) => void) => void;

const addCompile: Add = (program, io, done) => {
  const command = program
    .command('compile')
    .summary('rules for one node, from a snapshot of the cluster')
    .description(
      'Compiles Services, EndpointSlices and Nodes into the rules that kube-proxy would program on one node. ' +
        'Rules go to standard output (one IP family), or with -o into a directory (both families, and resolved.txt: ' +
        'what each Service address leads to). Everything else goes to standard error.',
    );
  completionOptions(inputOptions(proxyOptions(command)))
    .addOption(
      new Option('--family <FAMILY>', 'IP family on standard output').choices(['ipv4', 'ipv6']).default('ipv4'),
    )
    .option('-o, --output <DIR>', 'write every artifact into DIR')
    .option('--check <DIR>', 'compare with the artifacts in DIR; exit 1 and show the difference by Service')
    .addOption(new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', compileExamples)
    .action(async (paths: string[], flags: CompileFlags) => {
      const { runCompile } = await import('./compile.js');
      done(await runCompile(paths, flags, io));
    });
};

const addDiff: Add = (program, io, done) => {
  const command = program
    .command('diff')
    .summary('what changes, by Service: between two snapshots, or on this node')
    .description(
      'Compares what two snapshots compile to; or with --live a snapshot with the rules, sets, virtual servers and ' +
        'addresses that this node has. Only what is vipc’s or kube-proxy’s is compared. Changes nothing.',
    );
  completionOptions(nodeOptions(inputOptions(proxyOptions(command))))
    .option('--live', 'compare with this node')
    .addOption(new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', () => examples(`diff ${example()} new.yaml`, `diff --live ${example()}`))
    .action(async (paths: string[], flags: DiffFlags) => {
      const { runDiff } = await import('./diff.js');
      done(await runDiff(paths, flags, io));
    });
};

const addApply: Add = (program, io, done) => {
  const command = program
    .command('apply')
    .summary('brings this node to what a snapshot says, by the smallest change')
    .description(
      'Compares a snapshot with what this node has, changes what differs and nothing else, and reads it back. Takes over ' +
        'where kube-proxy ran, in any mode. Rules of others are never touched. Needs root.',
    );
  changeOptions(nodeOptions(inputOptions(proxyOptions(command))))
    .option('--dry-run', 'print what each tool would be told, and change nothing')
    .addHelpText('after', () => examples(`apply --dry-run ${example()}`, `apply ${example()}`))
    .action(async (paths: string[], flags: ApplyFlags) => {
      const { runApply } = await import('./apply.js');
      done(await runApply(paths, flags, io));
    });
};

const addCleanup: Add = (program, io, done) => {
  const command = program
    .command('cleanup')
    .summary('removes what vipc or kube-proxy left on this node')
    .description(
      'Lists and removes the chains, jumps, ipsets, virtual servers and virtual IPs that vipc or kube-proxy programmed, ' +
        'in any mode, and nothing else. Services are then served by nobody. Needs root.',
    )
    .option('-c, --config <FILE>', 'KubeProxyConfiguration: its ipvs.excludeCIDRs are honoured');
  changeOptions(nodeOptions(command))
    .option('--plan', 'list it only; exit 1 when there is something')
    .option('-v, --verbose', 'say more')
    .addHelpText('after', () => examples('cleanup --plan', 'cleanup'))
    .action(async (flags: CleanupFlags) => {
      const { runCleanup } = await import('./cleanup.js');
      done(await runCleanup(flags, io));
    });
};

const addSync: Add = (program, io, done) => {
  const command = program
    .command('sync')
    .summary('the daemon: keeps this node as the cluster is')
    .description(
      'Watches a Kubernetes API, or a snapshot in files, and applies every change by the smallest change of rules. Looks ' +
        'at the whole node from time to time, reports what somebody else changed and repairs it. Ends with SIGTERM and ' +
        'leaves the rules; SIGHUP reads the configuration again. Needs root.',
    );
  changeOptions(nodeOptions(proxyOptions(command)))
    .option('--kubeconfig <FILE>', 'how to reach the API (default: the service account of the pod it runs in)')
    .option('--snapshot <PATH...>', 'files and directories instead of an API; read again when they change')
    .option('--cleanup-on-exit', 'remove the rules in the end')
    .option('-v, --verbose', 'log more')
    .addHelpText('after', () =>
      examples('sync --kubeconfig /etc/kubernetes/kubelet.conf', `sync --snapshot ${example()}`),
    )
    .action(async (flags: SyncFlags) => {
      const { runSync } = await import('./sync.js');
      done(await runSync(flags, io));
    });
};

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  vipc ${line}\n`).join('')}${EXIT_CODES}`;
}

function compileExamples(): string {
  const file = example();
  return `
Examples:
  vipc compile ${file}
  vipc compile ${file} -o rules
  vipc compile ${file} --check rules
  kubectl get services,endpointslices,nodes -A -o yaml | vipc compile --node NODE
  kubectl get configmap -n kube-system kube-proxy -o yaml > config.yaml   # for -c config.yaml
${EXIT_CODES}`;
}

/** A snapshot that comes with vipc, so that examples work when pasted. */
function example(): string {
  const path = fileURLToPath(new URL('../../fixtures/tour/web/cluster.yaml', import.meta.url));
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}

function version(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

/**
 * cli: commander wiring and exit codes. A command's code is loaded when the command runs, so that `--version` and
 * `--help` answer at once.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option } from 'commander';
import type { CompileFlags } from './compile.js';
import { EXIT, type Io, PROCESS_IO, painter } from './io.js';

/**
 * Runs the command line `argv` (without node and script) and returns the exit code: 0 fine or same, 1 different or the
 * input has errors, 2 trouble.
 */
export async function main(argv: readonly string[], io: Io = PROCESS_IO): Promise<number> {
  let code: number = EXIT.ok;
  io.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok); // the reader, such as `head`, has seen enough
    complain(error, io);
    process.exit(EXIT.trouble);
  });
  // Nobody reads what is wrong, as in `2>&1 | head`; the exit code still says it.
  io.stderr.on('error', () => {});
  const program = buildProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.trouble;
    complain(error, io);
    return EXIT.trouble;
  }
}

/** An error of the environment, in one line. */
function complain(error: unknown, io: Io): void {
  const paint = painter(io.stderr, io.env);
  io.stderr.write(`${paint('red', 'error:')} ${error instanceof Error ? error.message : String(error)}\n`);
  if (io.env['VIPC_DEBUG'] && error instanceof Error) io.stderr.write(`${error.stack}\n`);
}

function buildProgram(io: Io, done: (code: number) => void): Command {
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

  const compile = program
    .command('compile')
    .summary('rules for one node, from a snapshot of the cluster')
    .description(
      'Compiles Services, EndpointSlices and Nodes into the rules that kube-proxy would program on one node. ' +
        'Rules go to standard output (one IP family), or with -o into a directory (both families, and resolved.txt: ' +
        'what each Service address leads to). Everything else goes to standard error.',
    )
    .argument('[PATH...]', 'files, directories (*.yaml, *.yml, *.json in them), or - for standard input')
    .option('-c, --config <FILE>', 'KubeProxyConfiguration, or the ConfigMap kube-system/kube-proxy that holds one')
    .option('--node <NAME>', 'the node to compile for (default: hostnameOverride, or the only Node there is)')
    .addOption(
      new Option('--family <FAMILY>', 'IP family on standard output').choices(['ipv4', 'ipv6']).default('ipv4'),
    )
    .option('--mode <MODE>', "proxy mode (default: the configuration's, or iptables)")
    .option('--layout <LAYOUT>', 'how rules are arranged in chains (default: kube-proxy)')
    .option('--cluster-cidr <CIDRS>', "the pods' addresses, such as 10.244.0.0/16 or v4,v6")
    .option('--nodeport-addresses <CIDRS>', 'where node ports are served: CIDRs separated by commas, or primary')
    .option('--node-address <IP>', 'an address the node has beyond its status.addresses (repeatable)', collect)
    .option('--masquerade-all', 'masquerade all traffic to cluster IPs')
    .option('-o, --output <DIR>', 'write every artifact into DIR')
    .option('--check <DIR>', 'compare with the artifacts in DIR; exit 1 and show the difference by Service')
    .addOption(new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json']).default('text'))
    .option('--skip-invalid', 'leave objects with errors out, with a warning, instead of failing')
    .option('-v, --verbose', 'say also what was skipped')
    .addHelpText('after', compileExamples)
    .action(async (paths: string[], flags: CompileFlags) => {
      const command = await import('./compile.js');
      done(await command.runCompile(paths, flags, io));
    });
  compile.exitOverride();
  return program;
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

Exit codes: 0 fine or same; 1 different, or the input has errors; 2 trouble.
`;
}

/** A snapshot that comes with vipc, so that examples work when pasted. */
function example(): string {
  const path = fileURLToPath(new URL('../../fixtures/tour/web/cluster.yaml', import.meta.url));
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

function version(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

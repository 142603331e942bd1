/**
 * cli: commander definition of `vipc compile`.
 */
import { Option } from 'commander';
import { type Add, EXIT_CODES, example } from '../command.js';
import type { CompileFlags } from '../compile.js';
import {
  clusterOptions,
  completionOptions,
  inputOptions,
  namespaceOption,
  nodesOptions,
  outputDirectory,
} from '../flags.js';

/** Adds the command. */
export const addCompile: Add = (program, io, done) => {
  const command = program
    .command('compile')
    .summary('rules for one node, from a snapshot of the cluster')
    .description(
      'Compiles Services, EndpointSlices and Nodes into the rules that kube-proxy would program on one node. ' +
        'Rules go to standard output (one IP family), or with -o into a directory (both families, and resolved.txt: ' +
        'what each Service address leads to). Everything else goes to standard error. With several --cluster it ' +
        'compiles the first one that has --node, else the first; Services that a ServiceExport shares among the clusters ' +
        'get rules too, as NAME--clusterset (KEP-1645).',
    );
  clusterOptions(completionOptions(namespaceOption(inputOptions(nodesOptions(command)))))
    .addOption(
      new Option('--family <FAMILY>', 'IP family on standard output').choices(['ipv4', 'ipv6']).default('ipv4'),
    )
    .option('-o, --output <DIR>', 'write every artifact into DIR; with several nodes into DIR/NODE', outputDirectory)
    .option('--check <DIR>', 'compare with the artifacts in DIR; exit 1 and show the difference by Service')
    .addOption(
      new Option('--format <FORMAT>', 'format of standard output; resolved: what each Service address leads to')
        .choices(['text', 'json', 'resolved'])
        .default('text'),
    )
    .addHelpText('after', compileExamples)
    .action(async (paths: string[], flags: CompileFlags) => {
      const { runCompile } = await import('../compile.js');
      done(await runCompile(paths, flags, io));
    });
};

function compileExamples(): string {
  const file = example();
  return `
Examples:
  vipc compile ${file}
  vipc compile ${file} -o rules
  vipc compile ${file} --check rules
  vipc compile ${file} --format resolved
  vipc compile ${file} --all-nodes -o rules
  vipc compile --cluster east=east.yaml --cluster west=west.yaml --node NODE
  vipc compile --context kind-dev --node NODE
  kubectl get services,endpointslices,nodes -A -o yaml | vipc compile --node NODE
  kubectl get configmap -n kube-system kube-proxy -o yaml > config.yaml   # for -c config.yaml
${EXIT_CODES}`;
}

/**
 * cli: commander definition of `vipc report`.
 */
import { InvalidArgumentError } from 'commander';
import { type Add, example } from '../command.js';
import { completionOptions, inputOptions, namespaceOption, nodeOptions, nodesOptions } from '../flags.js';
import type { ReportFlags } from '../report-input.js';

/** Adds the command. */
export const addReport: Add = (program, io, done) => {
  const command = program
    .command('report')
    .summary('a page to look at: Services, the ways of their clients, what changes')
    .description(
      'Writes one HTML file that needs nothing else: all Services with a search; for each the way of every kind of ' +
        'client through the rules to its endpoints, the rules with an explanation, its DNS names and problems; a box that ' +
        'answers what vipc trace answers; nodes side by side. With --against also what changes from another snapshot, ' +
        'with --live how this node differs. The page asks nothing of any server. It holds the objects of the snapshot ' +
        'without their annotations: give it to those who may see them.',
    );
  completionOptions(nodeOptions(namespaceOption(inputOptions(nodesOptions(command)))))
    .option('-o, --output <FILE>', 'the file to write; - for standard output', fileName)
    .option('--against <PATH>', 'show what changes from the snapshot at PATH to this one')
    .option('--live', 'show how this node differs from the rules of the snapshot')
    .option('--domain <DOMAIN>', 'domain of the cluster, for DNS names', 'cluster.local')
    .addHelpText('after', help)
    .action(async (paths: string[], flags: ReportFlags) => {
      const { runReport } = await import('../report-page.js');
      done(await runReport(paths, flags, io));
    });
};

/** A format is no name of a file. */
function fileName(text: string): string {
  if (text.endsWith('/')) throw new InvalidArgumentError('-o names a file, such as report.html.');
  return text;
}

function help(): string {
  return `
Examples:
  vipc report ${example()} -o report.html
  vipc report --against main.yaml branch.yaml -o report.html
  vipc report --live cluster.yaml -o report.html
  kubectl get services,endpointslices,nodes,pods -A -o yaml | vipc report -o report.html

Exit codes: 0 the page is written; 1 errors in the input; 2 trouble.
`;
}

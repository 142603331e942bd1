/**
 * cli: commander definition of `vipc diff`.
 */
import { Option } from 'commander';
import { type Add, example, examples } from '../command.js';
import type { DiffFlags } from '../diff.js';
import { completionOptions, inputOptions, namespaceOption, nodeOptions, nodesOptions } from '../flags.js';

const ABOUT =
  'two snapshots, each a file, a directory (*.yaml, *.yml, *.json in it), or - for standard input; with --live ' +
  'the files and directories of one snapshot';

/** Adds the command. */
export const addDiff: Add = (program, io, done) => {
  const command = program
    .command('diff')
    .summary('what changes, by Service: between two snapshots, or on a node')
    .description(
      'Compares what two snapshots compile to; or with --live a snapshot with the rules, sets, virtual servers and ' +
        'addresses that this node has. A directory made by vipc capture stands for the captured node; --context and ' +
        '--kubeconfig stand for the first of two snapshots. Only state of vipc or kube-proxy is compared. Changes nothing.',
    );
  completionOptions(nodeOptions(namespaceOption(inputOptions(nodesOptions(command), ABOUT, '[A B...]'))))
    .usage('[options] A B\n       vipc diff --live [options] [PATH...]')
    .option('--live', 'compare with this node')
    .addOption(
      new Option('--by <WHAT>', 'tell rules that differ, or what changes for connections')
        .choices(['rule', 'effect'])
        .default('rule'),
    )
    .addOption(
      new Option('--format <FORMAT>', 'of standard output; markdown and github with --by effect')
        .choices(['text', 'json', 'markdown', 'github'])
        .default('text'),
    )
    .addHelpText('after', () =>
      examples(
        `diff ${example()} new.yaml`,
        `diff --by effect ${example()} new.yaml`,
        `diff --live ${example()}`,
        'diff captured-node cluster.yaml',
        'diff --context kind-dev cluster.yaml',
      ),
    )
    .action(async (paths: string[], flags: DiffFlags) => {
      const { runDiff } = await import('../diff.js');
      done(await runDiff(paths, flags, io));
    });
};

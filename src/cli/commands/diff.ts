/**
 * cli: `vipc diff` as commander knows it.
 */
import { Option } from 'commander';
import { type Add, example, examples } from '../command.js';
import type { DiffFlags } from '../diff.js';
import { completionOptions, inputOptions, nodeOptions, proxyOptions } from '../flags.js';

const ABOUT =
  'two snapshots, each a file, a directory (*.yaml, *.yml, *.json in it), or - for standard input; with --live ' +
  'files and directories of one';

/** Adds the command. */
export const addDiff: Add = (program, io, done) => {
  const command = program
    .command('diff')
    .summary('what changes, by Service: between two snapshots, or on this node')
    .description(
      'Compares what two snapshots compile to; or with --live a snapshot with the rules, sets, virtual servers and ' +
        'addresses that this node has. Only what is vipc’s or kube-proxy’s is compared. Changes nothing.',
    );
  completionOptions(nodeOptions(inputOptions(proxyOptions(command), ABOUT, '[A B...]')))
    .usage('[options] A B\n       vipc diff --live [options] [PATH...]')
    .option('--live', 'compare with this node')
    .addOption(new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', () => examples(`diff ${example()} new.yaml`, `diff --live ${example()}`))
    .action(async (paths: string[], flags: DiffFlags) => {
      const { runDiff } = await import('../diff.js');
      done(await runDiff(paths, flags, io));
    });
};

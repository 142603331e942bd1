/**
 * cli: commander definition of `vipc apply`.
 */

import type { ApplyFlags } from '../apply.js';
import { type Add, example, examples } from '../command.js';
import { changeOptions, inputOptions, namespaceOption, nodeOptions, proxyOptions } from '../flags.js';

/** Adds the command. */
export const addApply: Add = (program, io, done) => {
  const command = program
    .command('apply')
    .summary('makes this node match a snapshot, by the smallest change')
    .description(
      'Compares a snapshot with this node, changes only what differs, and reads it back. Takes over the rules of ' +
        'kube-proxy, in any mode. Foreign rules are never touched. Needs root.',
    );
  changeOptions(nodeOptions(namespaceOption(inputOptions(proxyOptions(command)))))
    .option('--dry-run', 'print the input of each tool, and change nothing')
    .addHelpText('after', () => examples(`apply --dry-run ${example()}`, `apply ${example()}`))
    .action(async (paths: string[], flags: ApplyFlags) => {
      const { runApply } = await import('../apply.js');
      // The source must be named: a changed node must not depend on kubectl's current context.
      done(await runApply(paths, { ...flags, plugin: false }, io));
    });
};

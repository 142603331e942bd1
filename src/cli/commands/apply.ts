/**
 * cli: `vipc apply` as commander knows it.
 */

import type { ApplyFlags } from '../apply.js';
import { type Add, example, examples } from '../command.js';
import { changeOptions, inputOptions, namespaceOption, nodeOptions, proxyOptions } from '../flags.js';

/** Adds the command. */
export const addApply: Add = (program, io, done) => {
  const command = program
    .command('apply')
    .summary('brings this node to what a snapshot says, by the smallest change')
    .description(
      'Compares a snapshot with what this node has, changes what differs and nothing else, and reads it back. Takes over ' +
        'where kube-proxy ran, in any mode. Rules of others are never touched. Needs root.',
    );
  changeOptions(nodeOptions(namespaceOption(inputOptions(proxyOptions(command)))))
    .option('--dry-run', 'print what each tool would be told, and change nothing')
    .addHelpText('after', () => examples(`apply --dry-run ${example()}`, `apply ${example()}`))
    .action(async (paths: string[], flags: ApplyFlags) => {
      const { runApply } = await import('../apply.js');
      // What a node is changed to is named, not taken from where kubectl happens to look.
      done(await runApply(paths, { ...flags, plugin: false }, io));
    });
};

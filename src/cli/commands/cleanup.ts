/**
 * cli: commander definition of `vipc cleanup`.
 */

import { Option } from 'commander';
import type { CleanupFlags } from '../cleanup.js';
import { type Add, examples } from '../command.js';
import { changeOptions, nodeOptions } from '../flags.js';

/** Adds the command. */
export const addCleanup: Add = (program, io, done) => {
  const command = program
    .command('cleanup')
    .summary('removes what vipc or kube-proxy left on this node')
    .description(
      'Lists and removes the chains, jumps, ipsets, virtual servers and virtual IPs that vipc or kube-proxy programmed, ' +
        'in any mode, and nothing else. Services then do not work on this node. Needs root.',
    )
    .option('-c, --config <FILE>', 'KubeProxyConfiguration: its ipvs.excludeCIDRs are honoured');
  changeOptions(nodeOptions(command))
    .option('--dry-run', 'only list what is left, and change nothing; exit 1 when something is')
    .addOption(new Option('--plan', 'old name of --dry-run').hideHelp())
    .option('-v, --verbose', 'say more')
    .addHelpText('after', () => examples('cleanup --dry-run', 'cleanup'))
    .action(async (flags: CleanupFlags) => {
      const { runCleanup } = await import('../cleanup.js');
      done(await runCleanup(flags, io));
    });
};

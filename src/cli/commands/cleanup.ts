/**
 * cli: `vipc cleanup` as commander knows it.
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
        'in any mode, and nothing else. Services are then served by nobody. Needs root.',
    )
    .option('-c, --config <FILE>', 'KubeProxyConfiguration: its ipvs.excludeCIDRs are honoured');
  changeOptions(nodeOptions(command))
    .option('--dry-run', 'list it only, and change nothing; exit 1 when there is something')
    .addOption(new Option('--plan', 'what --dry-run was called').hideHelp())
    .option('-v, --verbose', 'say more')
    .addHelpText('after', () => examples('cleanup --dry-run', 'cleanup'))
    .action(async (flags: CleanupFlags) => {
      const { runCleanup } = await import('../cleanup.js');
      done(await runCleanup(flags, io));
    });
};

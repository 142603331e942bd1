/**
 * cli: `vipc cleanup` as commander knows it.
 */

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
    .option('--plan', 'list it only; exit 1 when there is something')
    .option('-v, --verbose', 'say more')
    .addHelpText('after', () => examples('cleanup --plan', 'cleanup'))
    .action(async (flags: CleanupFlags) => {
      const { runCleanup } = await import('../cleanup.js');
      done(await runCleanup(flags, io));
    });
};

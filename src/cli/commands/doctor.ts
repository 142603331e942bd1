/**
 * cli: commander definition of `vipc doctor`.
 */
import { Option } from 'commander';
import { MODES } from '../../backends/index.js';
import { type Add, examples } from '../command.js';
import type { DoctorFlags } from '../doctor.js';

/** Adds the command. */
export const addDoctor: Add = (program, io, done) => {
  program
    .command('doctor')
    .summary('checks whether this node has what Services need')
    .description(
      'Checks the tools of this node and their versions, the kernel and its parameters, running proxies and leftovers of ' +
        'others, chains whose policy is DROP, the xtables lock and the connection tracking table. Each finding says what ' +
        'it means and what to do. Changes nothing. Without root it checks what it can and names the rest; exit 1 when ' +
        'there is a problem, 2 when there is none but something could not be checked.',
    )
    .option(
      '--netns <NAME|PATH>',
      'use this network namespace as the node: a name of `ip netns`, or a path like /proc/1/ns/net',
    )
    .addOption(new Option('--mode <MODE>', 'the proxy mode to check for').choices(MODES).default('iptables'))
    .addOption(new Option('--format <FORMAT>', 'format of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', () => examples('doctor', 'doctor --mode ipvs --format json'))
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import('../doctor.js');
      done(await runDoctor(flags, io));
    });
};

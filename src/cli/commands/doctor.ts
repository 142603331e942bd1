/**
 * cli: `vipc doctor` as commander knows it.
 */
import { Option } from 'commander';
import { MODES } from '../../backends/index.js';
import { type Add, examples } from '../command.js';
import type { DoctorFlags } from '../doctor.js';

/** Adds the command. */
export const addDoctor: Add = (program, io, done) => {
  program
    .command('doctor')
    .summary('looks whether this node has what Services need')
    .description(
      'Looks at the tools of this node and their versions, at its kernel and its parameters, at proxies that run and what ' +
        'others left, at policies that drop, at the lock and the table of connections. Each finding says what it means ' +
        'and what to do. Changes nothing. Without root it looks as far as it can and says what it could not see; exit 1 ' +
        'when there is a problem, 2 when there is none but not all could be seen.',
    )
    .option('--netns <NAME|PATH>', 'the node is this network namespace, of `ip netns` or a path like /proc/1/ns/net')
    .addOption(new Option('--mode <MODE>', 'the proxy mode it is for').choices(MODES).default('iptables'))
    .addOption(new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', () => examples('doctor', 'doctor --mode ipvs --format json'))
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import('../doctor.js');
      done(await runDoctor(flags, io));
    });
};

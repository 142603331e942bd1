/**
 * cli: the options and the help of `vipc migrate`.
 */
import { Option } from 'commander';
import { type Add, example, examples } from '../command.js';
import { inputOptions, modelessOptions, nodeOptions } from '../flags.js';
import type { MigrateFlags } from '../migrate.js';

/** Adds the command. */
export const addMigrate: Add = (program, io, done) => {
  const command = program
    .command('migrate')
    .summary('what changes for whom by going from one proxy mode to another')
    .description(
      'Compares what the rules of both modes do to every class of packets, and tells by Service what will be different ' +
        'for which clients, what to do before, and with --live what this node lacks. Exit 1 when an address and port ' +
        'that answers now will not answer some client; everything else is a note. Changes nothing.',
    );
  nodeOptions(inputOptions(modelessOptions(command)))
    .addOption(
      new Option('--from <MODE>', 'the proxy mode until now').choices(['iptables', 'ipvs']).makeOptionMandatory(),
    )
    .addOption(new Option('--to <MODE>', 'the proxy mode to come').choices(['nftables']).default('nftables'))
    .option('--live', 'compare with the rules that this node has, and look at the node itself')
    .addOption(
      new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json', 'markdown']).default('text'),
    )
    .addHelpText('after', () =>
      examples(
        `migrate --from iptables ${example()}`,
        `migrate --from ipvs --format markdown ${example()}`,
        `migrate --from iptables --live ${example()}`,
      ),
    )
    .action(async (paths: string[], flags: MigrateFlags) => {
      const { runMigrate } = await import('../migrate.js');
      done(await runMigrate(paths, flags, io));
    });
};

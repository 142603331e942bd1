/**
 * cli: the options and the help of `vipc verify`.
 */
import { Option } from 'commander';
import { LAYOUTS, MODES } from '../../backends/index.js';
import { type Add, example, examples } from '../command.js';
import { collect, inputOptions, nodeOptions, proxyOptions } from '../flags.js';
import type { VerifyFlags } from '../verify-sides.js';

const ABOUT =
  'each a snapshot, a file of iptables-save, ip6tables-save, nft list ruleset, ipset save or ipvsadm --save -n, a directory of such ' +
  'files or of vipc capture, live, or - for standard input';

export const addVerify: Add = (program, io, done) => {
  const command = program
    .command('verify')
    .summary('whether two rule sets treat every packet alike')
    .description(
      'Compares what two rule sets do to packets: every class of packets that either tells apart is evaluated on both ' +
        'sides. What differs is grouped by Service and kind, each with the smallest packet that shows it and the rules ' +
        'that it meets. Both sides stand for one node, which has the addresses of both. Changes nothing.',
    );
  nodeOptions(inputOptions(proxyOptions(command), ABOUT, '<A B...>'))
    .usage('[options] A B')
    .addOption(new Option('--mode-a <MODE>', '--mode of A only').choices(MODES))
    .addOption(new Option('--mode-b <MODE>', '--mode of B only').choices(MODES))
    .addOption(new Option('--layout-a <LAYOUT>', '--layout of A only').choices(LAYOUTS))
    .addOption(new Option('--layout-b <LAYOUT>', '--layout of B only').choices(LAYOUTS))
    .addOption(new Option('--family <FAMILY>', 'compare one IP family (default: both)').choices(['ipv4', 'ipv6']))
    .option(
      '--accept <FILE>',
      'a list of differences that are meant, one a line; by-design: those between modes (repeatable)',
      collect,
    )
    .addOption(
      new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json', 'markdown']).default('text'),
    )
    .addHelpText('after', () =>
      examples(
        `verify ${example()} new.yaml`,
        `verify ${example()} ${example()} --mode-a iptables --mode-b ipvs --accept by-design`,
        `verify ${example()} node.iptables-save`,
        `verify ${example()} live --accept meant.txt`,
      ),
    )
    .action(async (paths: string[], flags: VerifyFlags) => {
      const { runVerify } = await import('../verify.js');
      done(await runVerify(paths, flags, io));
    });
};

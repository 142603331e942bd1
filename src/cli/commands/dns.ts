/**
 * cli: commander definition of `vipc dns`.
 */
import { Option } from 'commander';
import { QUERY_TYPES } from '../../discover/dns/record.js';
import { type Add, example, examples } from '../command.js';
import type { DnsFlags } from '../dns.js';
import {
  clusterOptions,
  completionOptions,
  inputOptions,
  namespace,
  namespaceOption,
  outputDirectory,
} from '../flags.js';

/** Adds the command. */
export const addDns: Add = (program, io, done) => {
  const command = program
    .command('dns')
    .summary('DNS records of the Services, as zone files, or one lookup as a pod would make it')
    .usage('[options] [PATH...]\n       vipc dns NAME --from-namespace NS [options] [PATH...]')
    .description(
      'Prints what the DNS of the cluster answers for its Services, as zone files that a name server loads: first the ' +
        "cluster's domain, then in-addr.arpa and ip6.arpa. With --from-namespace the first argument is a name, or an IP " +
        'address, to look up as a pod of that namespace does, with its search path and ndots:5: answers go to standard ' +
        'output, the names that were tried to standard error; exit 1 when there is no answer. With several --cluster, or ' +
        'where the snapshot has ServiceImports, it also prints the zone clusterset.local, as the first cluster sees it ' +
        '(KEP-1645). With --federation it prints the zone of a federation of the clusters instead: a Service with a load ' +
        'balancer has a name there for each zone, for each region, and for all clusters.',
    );
  clusterOptions(completionOptions(namespaceOption(inputOptions(command))))
    .option('--domain <DOMAIN>', 'domain of the cluster, or of the federation', 'cluster.local')
    .option('--clusterset', 'print only the zone clusterset.local')
    .option('--federation <NAME>', 'print the zone of the federation with this name, below --domain')
    .option('--from-namespace <NS>', 'look up one name, as a pod of this namespace', namespace)
    .addOption(
      new Option('--type <TYPE>', 'with --from-namespace: the record type (default: A and AAAA)').choices(QUERY_TYPES),
    )
    .option('-o, --output <DIR>', 'write each zone into a file of its own in DIR', outputDirectory)
    .addOption(new Option('--format <FORMAT>', 'format of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', () => {
      const file = example();
      return examples(
        `dns ${file}`,
        `dns ${file} -o zones`,
        `dns web --from-namespace default ${file}`,
        `dns _http._tcp.web.default --from-namespace default --type SRV ${file}`,
        `dns 10.96.0.41 --from-namespace default ${file}`,
        'dns --clusterset --cluster east=east.yaml --cluster west=west.yaml',
        'dns --federation fed --domain example.com --cluster east=east.yaml,region=eu,zone=eu-1 --cluster …',
      );
    })
    .action(async (args: string[], flags: DnsFlags) => {
      const { runDns } = await import('../dns.js');
      done(await runDns(args, flags, io));
    });
};

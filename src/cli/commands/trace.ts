/**
 * cli: the definition of `vipc trace` for commander.
 */
import { InvalidArgumentError, Option } from 'commander';
import { type Add, example } from '../command.js';
import { completionOptions, inputOptions, namespace, nodeOptions, proxyOptions } from '../flags.js';
import type { TraceFlags } from '../trace.js';

export const addTrace: Add = (program, io, done) => {
  const command = program
    .command('trace')
    .summary('what becomes of a packet: where it ends, and by which rules')
    .description(
      'Follows the first packet of a connection through the rules of a node and says where it ends, with which share of ' +
        'connections, and which rule of which Service did what. The rules are those that the snapshot compiles to, or with ' +
        '--rules those of dumps, or with --live those of this node, of whatever program they are. What cannot be known ' +
        'is said, and never guessed. Changes nothing.',
    );
  completionOptions(nodeOptions(inputOptions(proxyOptions(command))))
    .requiredOption('--from <SENDER>', 'ADDRESS, pod/NAME, node, node/NAME, or outside: an address that nothing has')
    .requiredOption(
      '--to <TARGET>',
      'ADDRESS:PORT, svc/NAME[:PORT], pod/NAME:PORT, node:PORT, node/NAME:PORT, or a DNS name with a port',
    )
    .addOption(
      new Option(
        '--protocol <PROTOCOL>',
        'of the connection (default: what the Service has at the port, or tcp)',
      ).choices(['tcp', 'udp', 'sctp']),
    )
    .option('--source-port <PORT>', 'the port that it is sent from', port)
    .option('--in-interface <NAME>', 'the interface that it comes in by, where rules of others ask', interfaceName)
    .option(
      '-n, --namespace <NAMESPACE>',
      'where names of --from and --to are looked up, and what objects belong to that say none (default: default)',
      namespace,
    )
    .option('--domain <DOMAIN>', 'domain of the cluster, for DNS names', 'cluster.local')
    .option(
      '--rules <FILE>',
      'the rules of this dump instead of those of the snapshot: of iptables-save, ip6tables-save, nft list ruleset, ipset save, ' +
        'ipvsadm --save -n, ip -json address; or a directory of such, or of vipc capture (repeatable)',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option('--live', 'the rules of this node')
    .addOption(new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', help)
    .action(async (paths: string[], flags: TraceFlags) => {
      const { runTrace } = await import('../trace.js');
      done(await runTrace(paths, flags, io));
    });
};

function help(): string {
  const file = example();
  return `
Examples:
  vipc trace --from outside --to node:30080 ${file}
  vipc trace --from pod/client --to svc/web:http cluster.yaml
  vipc trace --from 10.244.1.9 --to web.default:80 ${file}
  vipc trace --from outside --to 203.0.113.10:443 --rules node.iptables-save --node-address 192.0.2.7
  vipc trace --live --from node --to db.prod:5432 cluster.yaml

Exit codes: 0 all connections reach an endpoint, or go on untouched where no Service was asked for; 1 some do not, or it
depends; 2 trouble, such as errors in the input.
`;
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535) return Number(text);
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.');
}

/** The check of dev_valid_name() in the kernel's net/core/dev.c. */
function interfaceName(text: string): string {
  if (text !== '' && text !== '.' && text !== '..' && /^[^\s/:\p{Cc}]{1,15}$/u.test(text)) return text;
  throw new InvalidArgumentError('The name of an interface has at most 15 characters, no blank, slash or colon.');
}

/**
 * cli: options, arguments and help of `vipc explain` for commander.
 */
import { Option } from 'commander';
import { type Add, example, examples } from '../command.js';
import type { ExplainFlags } from '../explain.js';
import { completionOptions, inputOptions, namespace, nodeOption, nodeOptions, settingOptions } from '../flags.js';

export const addExplain: Add = (program, io, done) => {
  const command = program
    .command('explain')
    .summary('why a Service, a Pod or an address is not reached, and what to do')
    .description(
      'Explains a Service, a Pod, or whose an address is. The first line says what is wrong; each problem says what to do. ' +
        'Then: what every kind of client gets at every address, endpoints that get no connections and why, what share of the ' +
        'connections each endpoint gets when all nodes are counted, DNS names, and the questions of the Kubernetes page ' +
        '"Debug Services" in their order. With --live also whether the rules of this node are right, and which rule of ' +
        'others stops packets. Changes nothing.',
    )
    .argument(
      '<WHAT>',
      'svc/NAME, pod/NAME, svc/NAMESPACE/NAME, or an address: 10.96.0.41, 10.96.0.41:80, [fd00::1]:80',
    );
  completionOptions(nodeOptions(inputOptions(command)));
  settingOptions(nodeOption(command, 'the node whose clients are looked at (default: all Nodes)'))
    .usage('[options] svc/NAME|pod/NAME|ADDRESS[:PORT] [PATH...]')
    .option('-n, --namespace <NAMESPACE>', 'where it is (default: that of a cluster’s context, or default)', namespace)
    .option('-c, --config <FILE>', 'KubeProxyConfiguration: what becomes of traffic depends on it')
    .option('--domain <DOMAIN>', 'domain of the cluster, for DNS names', 'cluster.local')
    .option('--live', 'look at this node too: its rules, rules of others, kernel parameters')
    .addOption(new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', () =>
      examples(
        `explain svc/web ${example()}`,
        `explain pod/web-1 -n shop cluster.yaml`,
        `explain 10.96.0.41:80 ${example()}`,
        'explain svc/web --context kind-dev -n shop',
        `explain svc/web --live ${example()}`,
      ).replace(
        '0 fine or same; 1 different, or the input has errors; 2 trouble.',
        '0 fine; 1 there is a problem; 2 trouble.',
      ),
    )
    .action(async (what: string, paths: string[], flags: ExplainFlags) => {
      const { runExplain } = await import('../explain.js');
      done(await runExplain([what, ...paths], flags, io));
    });
};

/**
 * cli: commander definition of `vipc describe`.
 */
import { Option } from 'commander';
import { type Add, EXIT_CODES, example } from '../command.js';
import type { DescribeFlags } from '../describe.js';
import { completionOptions, inputOptions, modeOption, nodeOption } from '../flags.js';
import { ARGUMENTS, servicesOptions } from '../services-options.js';

/** Adds the command. */
export const addDescribe: Add = (program, io, done) => {
  const command = program
    .command('describe')
    .summary('all about a Service: endpoints, slices, Ingresses, problems')
    .description(
      'Describes Services as kubectl describe service does, with their problems first. Adds where traffic to each ' +
        'address goes; every endpoint with its node, zone, hints and conditions; the slices, each with its place in the ' +
        'manifests or the objects it is made from; the Ingresses that lead to the Service and the NetworkPolicies that ' +
        'select its endpoints. Made-up values are marked (synthetic).',
    );
  completionOptions(servicesOptions(inputOptions(command)));
  modeOption(nodeOption(command, 'where traffic goes on this node (default: on all Nodes)'))
    .usage('[options] [svc] [NAME... | svc/NAME...] [PATH...]')
    .option('-c, --config <FILE>', 'KubeProxyConfiguration: where traffic goes depends on it')
    .addOption(
      new Option('-o, --output <FORMAT>', 'print the Services and their EndpointSlices as objects').choices([
        'yaml',
        'json',
      ]),
    )
    .addHelpText('after', describeHelp)
    .action(async (args: string[], flags: DescribeFlags) => {
      const { runDescribe } = await import('../describe.js');
      done(await runDescribe(args, flags, io));
    });
};

function describeHelp(): string {
  const file = example();
  return `${ARGUMENTS}
Examples:
  vipc describe svc/web ${file}
  vipc describe svc web ${file}
  vipc describe -A ${file}
  vipc describe svc/web ${file} --node node-a
  vipc describe svc/web ${file} -o yaml
  vipc describe svc/web --context kind-dev -n shop
${EXIT_CODES}`;
}

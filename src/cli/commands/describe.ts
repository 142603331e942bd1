/**
 * cli: `vipc describe` as commander knows it.
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
    .summary('all that is known of a Service: endpoints, slices, Ingresses, problems')
    .description(
      'Describes Services, what is wrong with them first, as kubectl describe service does, then what becomes of ' +
        'traffic to each address; every endpoint with its node, zone, hints and conditions; the slices, and where each ' +
        'is written or what it is made of; the Ingresses that lead to it and the NetworkPolicies that select its ' +
        'endpoints. What is made up says (synthetic).',
    );
  completionOptions(servicesOptions(inputOptions(command)));
  modeOption(nodeOption(command, 'what becomes of traffic on this node (default: on all Nodes)'))
    .usage('[options] [svc] [NAME... | svc/NAME...] [PATH...]')
    .option('-c, --config <FILE>', 'KubeProxyConfiguration: what becomes of traffic depends on it')
    .addOption(
      new Option('-o, --output <FORMAT>', 'the Services and their EndpointSlices as objects').choices(['yaml', 'json']),
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

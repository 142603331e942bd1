/**
 * cli: `vipc describe` as commander knows it.
 */
import { Option } from 'commander';
import { type Add, EXIT_CODES, example } from '../command.js';
import type { DescribeFlags } from '../describe.js';
import { completionOptions, inputOptions } from '../flags.js';
import { ARGUMENTS, lookOptions } from '../look-options.js';

/** Adds the command. */
export const addDescribe: Add = (program, io, done) => {
  const command = program
    .command('describe')
    .summary('all that is known of a Service: endpoints, slices, Ingresses, problems')
    .description(
      'Describes Services as kubectl describe service does, then every endpoint with its node, zone, hints and ' +
        'conditions; the slices, and where each is written or what it is made of; the Ingresses that lead to it; and ' +
        'problems that concern it. What is made up says (synthetic).',
    );
  completionOptions(lookOptions(inputOptions(command)))
    .usage('[options] [svc] [NAME... | svc/NAME...] [PATH...]')
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
  vipc describe svc/web ${file} -o yaml
  vipc describe svc/web --context kind-dev -n shop
${EXIT_CODES}`;
}

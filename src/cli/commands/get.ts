/**
 * cli: commander definition of `vipc get`.
 */
import { Option } from 'commander';
import { type Add, EXIT_CODES, example } from '../command.js';
import { completionOptions, inputOptions } from '../flags.js';
import type { GetFlags } from '../get.js';
import { ARGUMENTS, servicesOptions } from '../services-options.js';

/** Adds the command. */
export const addGet: Add = (program, io, done) => {
  const command = program
    .command('get')
    .summary('Services as a table, as kubectl get services shows them')
    .description(
      'Lists Services as kubectl get services does, with more columns. READY: how many endpoints the ports reach, of ' +
        'how many (one number for each port where they differ). INGRESS, with -o wide: the Ingresses that lead to the ' +
        'Service. SYNTHETIC, only when something is made up: clusterIP, nodePort, healthCheckNodePort; endpoints of ' +
        'simulated Pods; slices that vipc made from Pods or Endpoints as a controller would. kubectl vipc get without ' +
        'PATH reads the cluster of the current context.',
    );
  completionOptions(servicesOptions(inputOptions(command)))
    .usage('[options] [svc] [NAME... | svc/NAME...] [PATH...]')
    .addOption(
      new Option('-o, --output <FORMAT>', 'output format instead of the table').choices([
        'wide',
        'yaml',
        'json',
        'name',
      ]),
    )
    .option('--show-labels', 'add a last column with all labels')
    .option('--no-headers', 'print rows only')
    .addHelpText('after', getHelp)
    .action(async (args: string[], flags: GetFlags) => {
      const { runGet } = await import('../get.js');
      done(await runGet(args, flags, io));
    });
};

function getHelp(): string {
  const file = example();
  return `${ARGUMENTS}
Examples:
  vipc get ${file}
  vipc get svc web ${file} -o yaml
  vipc get ${file} -A -o wide -l 'app in (web, api)'
  vipc get --context kind-dev -n shop
  kubectl get services,endpointslices,ingresses -A -o yaml | vipc get -A
${EXIT_CODES}`;
}

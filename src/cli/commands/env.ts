/**
 * cli: `vipc env` as commander knows it.
 */
import { Option } from 'commander';
import { type Add, example, examples } from '../command.js';
import type { EnvFlags } from '../env.js';
import { completionOptions, inputOptions, namespace } from '../flags.js';

/** Adds the command. */
export const addEnv: Add = (program, io, done) => {
  const command = program
    .command('env')
    .summary('environment variables that tell a pod of the Services')
    .description(
      'Prints the variables that kubelet starts a pod of a namespace with: for each of its Services with a cluster IP, ' +
        'and for default/kubernetes. By Service name; in a container they have no order. Pods with enableServiceLinks: ' +
        'false have only those of kubernetes, and Services younger than a pod are missing in it.',
    );
  completionOptions(inputOptions(command))
    .option(
      '-n, --namespace <NS>',
      'namespace of the pod (default: that of a cluster’s context, or default)',
      namespace,
    )
    .addOption(new Option('--format <FORMAT>', 'of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', () => {
      const file = example();
      return examples(`env ${file}`, `env -n shop --format json ${file}`);
    })
    .action(async (paths: string[], flags: EnvFlags) => {
      const { runEnv } = await import('../env.js');
      done(await runEnv(paths, flags, io));
    });
};

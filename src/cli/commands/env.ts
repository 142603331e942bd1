/**
 * cli: commander definition of `vipc env`.
 */
import { Option } from 'commander';
import { type Add, example, examples } from '../command.js';
import type { EnvFlags } from '../env.js';
import { completionOptions, inputOptions, namespace } from '../flags.js';

/** Adds the command. */
export const addEnv: Add = (program, io, done) => {
  const command = program
    .command('env')
    .summary('environment variables through which a pod finds Services')
    .description(
      'Prints the variables that kubelet gives to the pods of a namespace: for each of its Services with a cluster IP, ' +
        'and for default/kubernetes, sorted by Service name. A pod with enableServiceLinks: false has only those of ' +
        'kubernetes, and a pod lacks those of Services created after it.',
    );
  completionOptions(inputOptions(command))
    .option('-n, --namespace <NS>', 'namespace of the pod (default: that of the context, or default)', namespace)
    .addOption(new Option('--format <FORMAT>', 'format of standard output').choices(['text', 'json']).default('text'))
    .addHelpText('after', () => {
      const file = example();
      return examples(`env ${file}`, `env -n shop --format json ${file}`);
    })
    .action(async (paths: string[], flags: EnvFlags) => {
      const { runEnv } = await import('../env.js');
      done(await runEnv(paths, flags, io));
    });
};

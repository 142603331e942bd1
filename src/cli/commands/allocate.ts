/**
 * cli: commander definition of `vipc allocate`.
 */
import type { AllocateFlags } from '../allocate.js';
import { type Add, example, examples } from '../command.js';
import { inputOptions, namespaceOption } from '../flags.js';

/** Adds the command. */
export const addAllocate: Add = (program, io, done) => {
  const command = program
    .command('allocate')
    .summary('fills in the cluster IPs and node ports that manifests leave out')
    .description(
      'Prints the manifests, as they are written, with the cluster IPs, node ports and health check node ports that an ' +
        'API server would fill in. An API server picks them at random; here they follow from the names, so they are the ' +
        'same every time. Each is marked as synthetic: by a comment in YAML, by an annotation in JSON. With --context or ' +
        '--kubeconfig it avoids values that the cluster uses, and an existing Service keeps its own.',
    );
  namespaceOption(inputOptions(command))
    .option('--service-cidr <CIDRS>', 'allocate cluster IPs from here, such as 10.96.0.0/12 or v4,v6')
    .option('--service-node-port-range <RANGE>', 'allocate node ports from here (default: 30000-32767)')
    .addHelpText('after', () =>
      examples(
        `allocate ${example()}`,
        'allocate manifests/ > allocated.yaml',
        'allocate --service-cidr 10.96.0.0/12,fd00:10:96::/112 -v web.yaml',
      ),
    )
    .action(async (paths: string[], flags: AllocateFlags) => {
      const { runAllocate } = await import('../allocate.js');
      done(await runAllocate(paths, flags, io));
    });
};

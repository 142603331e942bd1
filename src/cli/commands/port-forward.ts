/**
 * cli: commander definition of `vipc port-forward`.
 */
import { type Add, EXIT_CODES } from '../command.js';
import { inputOptions, namespace } from '../flags.js';
import type { PortForwardFlags } from '../port-forward.js';

/** Adds the command. */
export const addPortForward: Add = (program, io, done) => {
  const command = program
    .command('port-forward')
    .summary('forward local TCP ports to a Pod, from a node')
    .description(
      'Listens on 127.0.0.1 and ::1 and forwards each connection to the Pod that kubectl port-forward takes, by its ' +
        'address, without the API server: run it where Pods are reached, such as on a node. When that Pod goes, new ' +
        "connections get the Service's next one. SIGINT and SIGTERM end it.",
    );
  inputOptions(
    command,
    'svc/NAME or pod/NAME, ports as [LOCAL:]PORT, then files, directories, or - for standard input',
    '<TYPE/NAME PORT...>',
  )
    .usage('[options] svc/NAME|pod/NAME [LOCAL:]PORT... [PATH...]')
    .option(
      '-n, --namespace <NAMESPACE>',
      'the namespace of the object (default: that of the context, or default)',
      namespace,
    )
    .option(
      '--netns <NAME|PATH>',
      'connect from this network namespace: a name of `ip netns`, or a path like /proc/1/ns/net; clients stay here',
    )
    .addHelpText('after', HELP)
    .action(async (args: string[], flags: PortForwardFlags) => {
      const { runPortForward } = await import('../port-forward.js');
      done(await runPortForward(args, flags, io));
    });
};

const HELP = `
How arguments are read:
  PORT: a port of the Service, or of the Pod: a number or a name
  LOCAL: the local port (default: the same number); empty or 0 for any free one
  PATH: the first argument that is not a port, and all after it; ./80 is a file

Examples:
  vipc port-forward svc/web 8080:80 cluster.yaml
  vipc port-forward svc/web :http --context kind-dev --netns /proc/4711/ns/net
  vipc port-forward pod/web-0 8080 -n shop --kubeconfig admin.conf
${EXIT_CODES}`;

/**
 * cli: commander definition of `vipc expose`.
 */
import { InvalidArgumentError, Option } from 'commander';
import { parseIp } from '../../ip.js';
import { DNS1123_LABEL, IANA_SVC_NAME, LABEL_VALUE, QUALIFIED_NAME } from '../../read/names.js';
import { type Add, EXIT_CODES } from '../command.js';
import type { ExposeFlags } from '../expose.js';
import { inputOptions, namespace } from '../flags.js';

/** Adds the command. */
export const addExpose: Add = (program, io, done) => {
  const command = program
    .command('expose')
    .summary('the Service that kubectl expose would create from a workload')
    .description(
      'Prints the Service that kubectl expose creates for a Deployment, Pod, ReplicationController, ReplicaSet or ' +
        'another Service: its selector, labels and ports come from the object. What the API server would refuse is an ' +
        'error, and nothing is printed.',
    );
  inputOptions(command, 'TYPE NAME or TYPE/NAME, then files, directories, or - for standard input', '<TYPE/NAME...>')
    .usage('[options] TYPE NAME [PATH...]\n       vipc expose [options] TYPE/NAME [PATH...]')
    .option(
      '-n, --namespace <NAMESPACE>',
      'the namespace of the object (default: that of the context, or default)',
      namespace,
    )
    .option('--name <NAME>', 'name of the Service (default: that of the object)', serviceName)
    .option('--port <PORT>', 'port of the Service, or several as 80,443 (default: the ports of the containers)', ports)
    .option('--target-port <PORT>', 'number or name of the port of the container (default: the same port)', targetPort)
    .addOption(
      new Option('--protocol <PROTOCOL>', 'protocol of all ports (default: that of the container, or TCP)').choices([
        'TCP',
        'UDP',
        'SCTP',
      ]),
    )
    .addOption(
      new Option('--type <TYPE>', 'type of the Service (default: ClusterIP)').choices([
        'ClusterIP',
        'NodePort',
        'LoadBalancer',
        'ExternalName',
      ]),
    )
    .option(
      '--selector <LABELS>',
      'selector of the Service, such as app=web,tier=front (default: of the object)',
      labels,
    )
    .option('-l, --labels <LABELS>', 'labels of the Service, such as app=web (default: those of the object)', labels)
    .option('--cluster-ip <IP>', 'its cluster IP, or None for a headless Service', clusterIp)
    .option('--external-ip <IP>', 'an external IP of the Service', address)
    .option('--load-balancer-ip <IP>', 'with --type LoadBalancer: the IP to ask for', address)
    .addOption(
      new Option('--session-affinity <AFFINITY>', 'whether a client stays with its endpoint').choices([
        'None',
        'ClientIP',
      ]),
    )
    .addOption(
      new Option('-o, --output <FORMAT>', 'how to print the Service').choices(['yaml', 'json']).default('yaml'),
    )
    .addHelpText('after', HELP)
    .action(async (args: string[], flags: ExposeFlags) => {
      const { runExpose } = await import('../expose.js');
      done(await runExpose(args, flags, io));
    });
};

const HELP = `
How arguments are read:
  TYPE: deployment, pod, replicationcontroller (rc), replicaset (rs) or service (svc)

Examples:
  vipc expose deployment web manifests/
  vipc expose deploy/web manifests/ --port 80 --target-port 8080
  vipc expose pod web-0 pods.yaml --name web-debug --type NodePort
  vipc expose svc/web cluster.yaml --name web-internal --cluster-ip None
  vipc expose deploy/web --context kind-dev -n shop | kubectl apply -f -
${EXIT_CODES}`;

/** The names that the API server takes for a new Service; kubectl leaves the check to it. */
function serviceName(text: string): string {
  if (DNS1123_LABEL.matches(text)) return text;
  throw new InvalidArgumentError(`The name of a Service is ${DNS1123_LABEL.allowed}.`);
}

function ports(text: string): readonly number[] {
  const numbers = text.split(',');
  if (numbers.every(isPort)) return numbers.map(Number);
  throw new InvalidArgumentError('It must be a port from 1 to 65535, or several with commas between them.');
}

function targetPort(text: string): number | string {
  if (isPort(text)) return Number(text);
  if (IANA_SVC_NAME.matches(text)) return text;
  throw new InvalidArgumentError(`It must be a port from 1 to 65535, or a name: ${IANA_SVC_NAME.allowed}.`);
}

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65535;
}

/** Labels as kubectl takes them: only equality, one `=` in each. */
function labels(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((pair) => pair.split('='));
  const isLabel = ([key = '', value, ...more]: readonly string[]) =>
    more.length === 0 && value !== undefined && QUALIFIED_NAME.matches(key) && LABEL_VALUE.matches(value);
  if (pairs.every(isLabel)) return Object.fromEntries(pairs);
  throw new InvalidArgumentError('It must be labels such as app=web,tier=front; a Service selects by equality only.');
}

function clusterIp(text: string): string {
  return text === 'None' ? text : address(text);
}

function address(text: string): string {
  if (parseIp(text)) return text;
  throw new InvalidArgumentError('It must be an IP address.');
}

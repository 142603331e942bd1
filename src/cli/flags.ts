/**
 * cli: the options that several commands have, in groups.
 */
import { statSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { LAYOUTS, MODES } from '../backends/index.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN } from '../read/names.js';

/** Options that correspond to kube-proxy's configuration. */
export function proxyOptions(command: Command): Command {
  return settingOptions(oneNode(configOption(command)));
}

/** The same without mode and layout. */
export function modelessOptions(command: Command): Command {
  return valueOptions(oneNode(configOption(command)));
}

/** The same for several nodes. */
export function nodesOptions(command: Command): Command {
  const several = configOption(command)
    .option(
      '--node <NAME>',
      'the node to compile for (repeatable; default: hostnameOverride; on a live node its own Node; the only Node)',
      (text: string, before: readonly string[] | undefined) => collect(nodeName(text), before),
    )
    .option('--all-nodes', 'all Nodes of the snapshot');
  return settingOptions(several);
}

function configOption(command: Command): Command {
  return command.option(
    '-c, --config <FILE>',
    'KubeProxyConfiguration, or the ConfigMap kube-system/kube-proxy that holds one',
  );
}

function oneNode(command: Command): Command {
  return nodeOption(
    command,
    'the node to compile for (default: hostnameOverride; on a live node its own Node; the only Node)',
  );
}

/** `--node` for commands about one node. */
export function nodeOption(command: Command, about: string): Command {
  return command.option('--node <NAME>', about, nodeName);
}

/** `--mode`. */
export function modeOption(command: Command): Command {
  return command.addOption(
    new Option('--mode <MODE>', "proxy mode (default: the configuration's, or iptables)").choices(MODES),
  );
}

/** The proxy's settings that have options of their own. */
export function settingOptions(command: Command): Command {
  return valueOptions(
    modeOption(command).addOption(new Option('--layout <LAYOUT>', 'how rules are arranged in chains').choices(LAYOUTS)),
  );
}

function valueOptions(command: Command): Command {
  return command
    .option('--cluster-cidr <CIDRS>', 'the pod networks, such as 10.244.0.0/16 or v4,v6')
    .option('--nodeport-addresses <CIDRS>', 'where node ports are served: CIDRs separated by commas, or primary')
    .option('--node-address <IP>', 'another address of the node, not in its status.addresses (repeatable)', collect)
    .option('--masquerade-all', 'masquerade all traffic to cluster IPs')
    .option(
      '--localhost-by-relay',
      'iptables mode: vipc sync serves node ports on 127.0.0.1 itself, without route_localnet',
    )
    .option('--proxy-port-range <RANGE>', 'userspace mode: the ports of its listeners (default: 12000-29999)');
}

const PATHS = 'files, directories (*.yaml, *.yml, *.json in them), or - for standard input';

/** Where the snapshot is, and how strictly to read it. */
export function inputOptions(command: Command, about = PATHS, name = '[PATH...]'): Command {
  return sourceOptions(command, about, name)
    .addOption(strictOption('treat warnings as errors: nothing is printed, written or changed'))
    .option('-v, --verbose', 'say more: what was skipped, what changes');
}

/** Where the snapshot is. */
export function sourceOptions(command: Command, about = PATHS, name = '[PATH...]'): Command {
  return command
    .argument(name, about)
    .option('--kubeconfig <FILE>', 'instead of PATH: read the cluster of the current context of this kubeconfig')
    .option(
      '--context <NAME>',
      'instead of PATH: read the cluster of this context, from --kubeconfig or where kubectl finds it',
    )
    .addOption(
      new Option(
        '--request-timeout <TIME>',
        'how long a cluster may take to answer: 5s, 2m, 0 for no limit (default: 30s)',
      ).argParser(duration),
    )
    .hook('preAction', (action) => void action.setOptionValue('plugin', action.parent?.name() === PLUGIN))
    .option('--skip-invalid', 'leave objects with errors out, with a warning, instead of failing');
}

/** The program's name for users of kubectl. */
const PLUGIN = 'kubectl vipc';

/** The namespace of namespaced objects that name none. */
export function namespaceOption(command: Command): Command {
  return command.option(
    '-n, --namespace <NAMESPACE>',
    'the namespace of objects whose manifests name none, as kubectl apply -n (default: default)',
    namespace,
  );
}

/** `--strict`, which conflicts with `--skip-invalid`. */
export function strictOption(about: string): Option {
  return new Option('--strict', about).conflicts('skipInvalid');
}

/** What to make up where manifests leave it to a control plane. */
export function completionOptions(command: Command): Command {
  return command
    .option('--simulate', 'make pods of Deployments and the like, and allocate addresses, as a cluster would')
    .option('--nodes <N>', 'with --simulate: how many Nodes to make up when the snapshot has none (default: 3)', count)
    .option('--service-cidr <CIDRS>', 'allocate missing cluster IPs from here, such as 10.96.0.0/12 or v4,v6')
    .option('--service-node-port-range <RANGE>', 'allocate missing node ports from here (default: 30000-32767)');
}

/** Several clusters, and the addresses of their shared Services. */
export function clusterOptions(command: Command): Command {
  return clusterOption(command).option(
    '--clusterset-cidr <CIDRS>',
    'allocate the IPs of clusterset Services from here (default: 10.112.0.0/12,fd00:10:112::/112)',
  );
}

/** Several clusters. */
export function clusterOption(command: Command): Command {
  return command.option(
    '--cluster <NAME=PATH>',
    'instead of PATH: one of several clusters (repeatable; the same NAME again adds a PATH; ' +
      'NAME=PATH,region=R,zone=Z says where the cluster is)',
    collect,
  );
}

/** Options that select the node. */
export function nodeOptions(command: Command): Command {
  return command
    .option(
      '--netns <NAME|PATH>',
      'use this network namespace as the node: a name of `ip netns`, or a path like /proc/1/ns/net',
    )
    .addOption(
      new Option(
        '--iptables <VARIANT>',
        'which iptables the node uses; auto: the one with marks of kubelet, else with more rules',
      )
        .choices(['auto', 'nft', 'legacy'])
        .default('auto'),
    )
    .option('--nft <PATH>', 'use this nft instead of the one in the PATH, such as a newer one that wrote the tables');
}

/** Options for changing a node. */
export function changeOptions(command: Command): Command {
  return command
    .option('--wait <SECONDS>', 'how long to wait for another vipc, or for the xtables lock', seconds, 30)
    .option(
      '--lock-file <FILE>',
      'lock file that keeps two vipc processes from changing the same node (default: one in /run/vipc for each node)',
    );
}

/** Like kubelet, kube-proxy accepts the name in any case (k/k pkg/util/node, GetHostname). */
function nodeName(text: string): string {
  if (DNS1123_SUBDOMAIN.matches(text.trim().toLowerCase())) return text;
  throw new InvalidArgumentError(`The name of a Node is ${DNS1123_SUBDOMAIN.allowed}.`);
}

/** Values of kubectl's `-o`; here `-o` names a directory. */
const FORMATS =
  /^(?:json|ya?ml|text|txt|wide|name|table|markdown|md|html|csv|sarif|github|(?:jsonpath|go-template|custom-columns)(?:=.*)?)$/i;

/** A directory to write into, unless the value looks like a format. */
export function outputDirectory(text: string): string {
  if (text === '-')
    throw new InvalidArgumentError('-o names a directory; without -o the output goes to standard output.');
  if (!FORMATS.test(text) || statSync(text, { throwIfNoEntry: false })?.isDirectory()) return text;
  throw new InvalidArgumentError(
    `-o names a directory. Was --format json meant? A new directory of that name is ./${text}.`,
  );
}

/** A value of `-n`. */
export function namespace(text: string): string {
  if (DNS1123_LABEL.matches(text)) return text;
  throw new InvalidArgumentError(`The name of a namespace is ${DNS1123_LABEL.allowed}.`);
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds, 1 or more.');
  return Number(text);
}

/** A time as kubectl reads it: a Go duration, or seconds. Returns milliseconds. */
function duration(text: string): number {
  const parts = /^(?:\d{1,6}(?:\.\d+)?(?:ms|[smh]))+$/.test(text) ? [...text.matchAll(/([\d.]+)(ms|[smh])/g)] : [];
  if (parts.length > 0)
    return parts.reduce((sum, [, number, unit = 's']) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
  throw new InvalidArgumentError('It must be a time such as 5s, 2m or 1m30s; 0 waits without limit.');
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function count(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 99999.');
  return Number(text);
}

export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/**
 * cli: the options that several commands have, in groups.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';

/** What kube-proxy's configuration says. */
export function proxyOptions(command: Command): Command {
  return command
    .option('-c, --config <FILE>', 'KubeProxyConfiguration, or the ConfigMap kube-system/kube-proxy that holds one')
    .option(
      '--node <NAME>',
      'the node to compile for (default: hostnameOverride; on a live node its own Node; the only Node)',
    )
    .option('--mode <MODE>', "proxy mode (default: the configuration's, or iptables)")
    .option('--layout <LAYOUT>', 'how rules are arranged in chains (default: kube-proxy)')
    .option('--cluster-cidr <CIDRS>', "the pods' addresses, such as 10.244.0.0/16 or v4,v6")
    .option('--nodeport-addresses <CIDRS>', 'where node ports are served: CIDRs separated by commas, or primary')
    .option('--node-address <IP>', 'an address the node has beyond its status.addresses (repeatable)', collect)
    .option('--masquerade-all', 'masquerade all traffic to cluster IPs');
}

/** Where the snapshot is, and how strictly it is read. */
export function inputOptions(command: Command): Command {
  return command
    .argument('[PATH...]', 'files, directories (*.yaml, *.yml, *.json in them), or - for standard input')
    .option('--skip-invalid', 'leave objects with errors out, with a warning, instead of failing')
    .addOption(strictOption('warnings are errors: nothing is printed, written or changed'))
    .option('-v, --verbose', 'say more: what was skipped, what changes');
}

/** `--strict`, which is the opposite of leaving things out. */
export function strictOption(about: string): Option {
  return new Option('--strict', about).conflicts('skipInvalid');
}

/** What is made up where manifests leave it to a control plane. */
export function completionOptions(command: Command): Command {
  return command
    .option('--simulate', 'make pods of Deployments and the like, and allocate addresses, as a cluster would')
    .option('--nodes <N>', 'with --simulate: how many Nodes to make up when the snapshot has none (default: 3)', count)
    .option('--service-cidr <CIDRS>', 'allocate missing cluster IPs from here, such as 10.96.0.0/12 or v4,v6')
    .option('--service-node-port-range <RANGE>', 'allocate missing node ports from here (default: 30000-32767)');
}

/** Several clusters, and the addresses of what they share. */
export function clusterOptions(command: Command): Command {
  return command
    .option(
      '--cluster <NAME=PATH>',
      'instead of PATH: one of several clusters (repeatable; a NAME again adds a PATH to it; ' +
        'NAME=PATH,region=R,zone=Z says where it is)',
      collect,
    )
    .option(
      '--clusterset-cidr <CIDRS>',
      'allocate the addresses of Services of all clusters from here (default: 10.112.0.0/12,fd00:10:112::/112)',
    );
}

/** Which node. */
export function nodeOptions(command: Command): Command {
  return command
    .option('--netns <NAME|PATH>', 'the node is this network namespace, of `ip netns` or a path like /proc/1/ns/net')
    .addOption(
      new Option('--iptables <VARIANT>', 'which iptables the node uses; auto: where kubelet or most rules are')
        .choices(['auto', 'nft', 'legacy'])
        .default('auto'),
    );
}

/** How it is changed. */
export function changeOptions(command: Command): Command {
  return command
    .option('--wait <SECONDS>', 'how long to wait for another vipc, or for the xtables lock', seconds, 30)
    .option('--lock-file <FILE>', 'by which vipcs exclude each other (default: one in /run/vipc for each node)');
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds, 1 or more.');
  return Number(text);
}

function count(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 99999.');
  return Number(text);
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/**
 * cli: configuration file and flags → Options; a flag wins over the file.
 */

import { backendFor } from '../backends/index.js';
import { type Checked, show } from '../diag.js';
import { parseIp } from '../ip.js';
import { DEFAULT_OPTIONS, type Options } from '../options.js';
import { readConfig } from '../read/config.js';
import { loadSources } from '../read/source.js';
import { type Parsed, parseClusterCIDRs, parseNodePortAddresses, parsePortRange } from '../read/values.js';

/** The flags that correspond to kube-proxy's configuration. */
export interface OptionFlags {
  readonly config?: string;
  readonly mode?: string;
  readonly layout?: string;
  readonly node?: string;
  readonly clusterCidr?: string;
  readonly nodeportAddresses?: string;
  readonly nodeAddress?: readonly string[];
  readonly masqueradeAll?: boolean;
  readonly proxyPortRange?: string;
  readonly localhostByRelay?: boolean;
}

/** The options of `flags` and of the file they name. An unusable flag or unreadable file is an Error. */
export async function loadOptions(flags: OptionFlags): Promise<Checked<Options>> {
  const file = await loadConfig(flags.config);
  const value: Options = {
    ...file.value,
    ...(flags.mode === undefined ? {} : { mode: flags.mode }),
    ...(flags.node === undefined ? {} : { nodeName: flags.node }),
    ...(flags.masqueradeAll ? { masqueradeAll: true, nftables: { ...file.value.nftables, masqueradeAll: true } } : {}),
    ...(flags.clusterCidr === undefined
      ? {}
      : { clusterCIDRs: checked('--cluster-cidr', parseClusterCIDRs(flags.clusterCidr)) }),
    ...(flags.nodeportAddresses === undefined
      ? {}
      : {
          nodePortAddresses: checked(
            '--nodeport-addresses',
            parseNodePortAddresses(flags.nodeportAddresses.split(',')),
          ),
        }),
    ...(flags.localhostByRelay ? { localhostByRelay: true } : {}),
    ...(flags.proxyPortRange === undefined
      ? {}
      : {
          userspace: {
            ...file.value.userspace,
            proxyPorts: checked('--proxy-port-range', parsePortRange(flags.proxyPortRange)),
          },
        }),
    nodeAddresses: (flags.nodeAddress ?? []).map((text) => {
      const ip = parseIp(text);
      if (!ip) throw new Error(`--node-address: ${JSON.stringify(text)} is not an IP address`);
      return ip.text;
    }),
  };
  const { layout } = flags;
  const layouts = backendFor(value.mode)?.layouts;
  if (layout !== undefined && layouts && !layouts.includes(layout)) {
    throw new Error(`--layout of mode ${value.mode || 'iptables'} must be ${layouts.join(' or ')}, is ${show(layout)}`);
  }
  return { value, diagnostics: file.diagnostics };
}

async function loadConfig(path: string | undefined): Promise<Checked<Options>> {
  if (path === undefined) return { value: DEFAULT_OPTIONS, diagnostics: [] };
  if (path === '-') throw new Error('--config must name a file; standard input is /dev/stdin');
  const { value, diagnostics } = await loadSources([path], async () => Buffer.alloc(0));
  const [source, another] = value;
  if (!source) throw new Error(`the configuration: ${diagnostics.map(({ message }) => message).join('; ')}`);
  if (another) throw new Error(`the configuration must be one file, ${path} holds several`);
  return readConfig(source);
}

function checked<T>(flag: string, parsed: Parsed<T>): T {
  if (parsed.problem !== undefined) throw new Error(`${flag} ${parsed.problem}`);
  return parsed.value;
}

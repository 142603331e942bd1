/**
 * Every option with a value, of every command: a wrong and an empty value are usage errors, one sentence and exit code
 * 2.
 */
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';
import { PROCESS_IO } from './io.js';
import { loadOptions } from './options.js';
import { buildProgram } from './program.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

/** Wrong values by option; none where every text is valid, such as the name of a new file. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  '--mode': ['ebpf', 'constructor', 'IPVS'],
  '--layout': ['slow', 'constructor', '__proto__'],
  '--node': ['a b', 'ä', 'a_b', '-'],
  '--cluster-cidr': ['10.0.0.0/33', '10.0.0.0/8,10.0.0.0/9', 'x'],
  '--nodeport-addresses': ['primary,10.0.0.0/8', '1.2.3.4/99', ','],
  '--node-address': ['1.2.3', '::g'],
  '--proxy-port-range': ['2-1', '0-5', '1-65536', 'x-y', '60000+9999'],
  '--family': ['ipv5', '4'],
  '--format': ['yml', 'constructor'],
  '--iptables': ['nftables', 'constructor'],
  '--nodes': ['0', '-1', '1e3', '100000', 'x'],
  '--service-cidr': ['10.0.0.0', '10.0.0.0/33', 'x'],
  '--service-node-port-range': ['1', '2-1', '0-5', '1-65536', 'x-y'],
  '--cluster': ['x', '=x', 'A!=x', 'a='],
  '--clusterset-cidr': ['10.0.0.0/33', 'x'],
  '--wait': ['0', '-1', '1.5', 'long', '9999999'],
  '--domain': ['a b', '-', 'x.arpa'],
  '--type': ['MX', 'constructor'],
  'expose --type': ['Cluster', 'nodeport'],
  'expose --selector': ['a', 'a==b', 'a!=b', '=', 'a=b,', 'a=b c'],
  '--labels': ['a', 'a=b=c', 'a in (b)'],
  '--name': ['A', 'a.b', '-'],
  '--port': ['0', '65536', 'http', '80,', '80-81', '__proto__'],
  '--target-port': ['0', '65536', 'a--b', 'constructor_'],
  'expose --protocol': ['tcp', 'constructor'],
  '--cluster-ip': ['none', '10.0.0', 'constructor'],
  '--external-ip': ['10.0.0.1,10.0.0.2', 'None'],
  '--load-balancer-ip': ['x', '10.0.0.0/8'],
  '--session-affinity': ['client', 'constructor'],
  'expose --output': ['wide', 'constructor'],
  '--from-namespace': ['A', 'a.b', 'a b'],
  '--federation': ['A.B', '-'],
  '--namespace': ['A', 'a.b', 'a b'],
  '--selector': ['=', 'a in', '!'],
  'get --output': ['json5', 'constructor'],
  'describe --output': ['wide', 'constructor'],
  'compile --output': ['json', 'YAML', 'jsonpath={.items}'],
  'dns --output': ['json', 'wide'],
  '--config': ['no/such/file', '/proc', '-'],
  '--by': ['cause', 'constructor'],
  '--check': [],
  '--netns': [],
  '--lock-file': [],
  '--kubeconfig': [],
  '--context': ['no-such-context', 'constructor'],
  '--request-timeout': ['-1s', '1d', 'soon', '5 s'],
  '--mode-a': ['ebpf', 'constructor'],
  '--mode-b': ['ebpf', 'IPVS'],
  '--layout-a': ['slow', '__proto__'],
  '--layout-b': ['slow', 'constructor'],
  '--accept': ['no/such/file', '/proc'],
  '--log-format': ['yaml', 'constructor'],
  'capture --output': [],
  'report --output': ['there/'],
  'report --against': [],
  // The missing node is reported first.
  'apply --context': [],
  '--snapshot': [],
  'migrate --from': ['nftables', 'constructor', '__proto__'],
  'migrate --to': ['ipvs', 'constructor'],
  // Any program may be named; whether it is nft shows when it runs.
  '--nft': [],
  '--from': ['web', 'pod/', '10.0.0.1:80', 'constructor'],
  '--to': ['10.0.0.1', 'svc/', 'pod/web', 'node:0', '10.0.0.1:65536'],
  '--protocol': ['icmp', 'constructor'],
  '--source-port': ['0', '65536', 'http'],
  '--in-interface': ['a b', '..', 'a-name-that-is-too-long'],
  '--rules': ['no/such/file'],
  '--severity': ['info', 'constructor'],
  '--lint-config': ['no/such/file', '/proc', '-'],
};

/** Other arguments that an option requires. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  '--nodes': ['--simulate'],
  '--type': ['--from-namespace', 'default', 'web'],
  '--from-namespace': ['web'],
  '--federation': ['--domain', 'a.example', '--cluster', `a=${WEB}`],
};

/** Arguments that protect this machine: the node they name does not exist. */
const SAFE: Readonly<Record<string, readonly string[]>> = {
  apply: ['--netns', 'vipc-nowhere', WEB],
  cleanup: ['--netns', 'vipc-nowhere'],
  sync: ['--netns', 'vipc-nowhere', '--snapshot', WEB],
  doctor: ['--netns', 'vipc-nowhere'],
  diff: [WEB, WEB],
  trace: ['--from', '10.0.0.1', '--to', '10.0.0.2:80', WEB],
  verify: [WEB, WEB],
  'port-forward': ['svc/web', ':80', WEB],
  migrate: ['--from', 'iptables', WEB],
};

/** What a command is asked about, before its input. */
const ABOUT: Readonly<Record<string, readonly string[]>> = { explain: ['svc/web'], expose: ['svc/web'] };

const OPTIONS = buildProgram(PROCESS_IO, () => {}).commands.flatMap((command) =>
  command.options
    .filter((option) => option.required)
    .map((option) => ({ command: command.name(), flag: option.long ?? option.flags })),
);

function wrongOf({ command, flag }: (typeof OPTIONS)[number]): readonly string[] | undefined {
  return WRONG[`${command} ${flag}`] ?? WRONG[flag];
}

describe.each(OPTIONS)('vipc $command $flag', ({ command, flag }) => {
  const beside = BESIDE[flag] ?? [];
  const input = SAFE[command] ?? (beside.includes('--cluster') || flag === '--cluster' ? [] : [WEB]);

  it('has wrong values here', () => expect(wrongOf({ command, flag })).toBeDefined());

  it.each([...(wrongOf({ command, flag }) ?? []), ''])('%j', async (value) => {
    const { code, stdout, stderr } = await vipc([
      command,
      ...(ABOUT[command] ?? []),
      ...beside,
      ...input,
      `${flag}=${value}`,
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n/);
    expect(stderr).not.toMatch(/undefined|Error:|vipc-nowhere/);
  });
});

it('a layout that the mode does not have is refused for every command', async () => {
  await expect(loadOptions({ layout: 'slow' })).rejects.toThrow(
    /--layout of mode iptables must be kube-proxy or fast, is "slow"/,
  );
});

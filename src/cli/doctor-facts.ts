/**
 * cli: reads the facts about a node that `vipc doctor` judges. It changes nothing, and lists what cannot be read.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Host } from '../apply/host.js';
import { isKubeletMark } from '../backends/chain-names.js';
import { backendFor } from '../backends/index.js';
import { DEVICE, ownershipIn } from '../backends/ours.js';
import type { Facts, Interface, RulesFact, ToolFact, Unseen } from '../doctor/facts.js';
import { NFT_TRIALS, trialOf } from '../doctor/nftables.js';
import { parseChains, parseInterfaces, parseListening, parseTables } from '../doctor/parse.js';
import { SYSCTLS } from '../doctor/sysctls.js';
import { missingOf, TOOLS, toolsFor } from '../doctor/tools.js';
import { TRIAL } from '../doctor/trial.js';
import { choose, type DetectedVariant, detect } from '../tools/iptables/variants.js';
import { crashSentence, isCrash } from '../tools/nft/crash.js';
import type { Io } from './io.js';
import { has, isInstalled } from './machine.js';
import { lockFileOf } from './node.js';
import { read, readProxies } from './proxies.js';

/** The facts about the node in `netns`, or about this machine; rejects when the namespace cannot be entered. */
export async function gather(mode: string, netns: string | undefined, io: Io): Promise<Facts> {
  const [machine, host] = [io.hostAt(undefined), io.hostAt(netns)];
  const unseen: Unseen[] = [];
  const path = await lockFileOf(netns, io);
  const interfaces = await withRpFilter(host, await readInterfaces(host, unseen));
  return {
    mode,
    tools: await readTools(machine, mode),
    sysctls: await readSysctls(host, unseen),
    processes: await readProxies(host, netns),
    listening: parseListening(`${await fileIn(host, '/proc/net/tcp')}\n${await fileIn(host, '/proc/net/tcp6')}`),
    interfaces,
    ...(await readRules(host, unseen)),
    ...(await readNft(host, unseen)),
    ...(mode === 'nftables' ? await readReadiness(host, unseen) : {}),
    ipvs: {
      available: existsSync('/proc/net/ip_vs') || (await machine.run(['modprobe', '-n', '-q', 'ip_vs'])).code === 0,
      device: interfaces.some(({ name }) => name === DEVICE),
      servers: (await fileIn(host, '/proc/net/ip_vs')).match(/^(?:TCP|UDP|SCTP|FWM) /gm)?.length ?? 0,
    },
    ...(await readLock(machine, path)),
    unseen,
  };
}

async function fileIn(host: Host, path: string): Promise<string> {
  const { code, stdout } = await host.run(['cat', path]);
  return code === 0 ? stdout : '';
}

async function readTools(machine: Host, mode: string): Promise<readonly ToolFact[]> {
  const required = toolsFor(backendFor(mode)?.tools ?? []);
  const missing = missingOf(TOOLS, isInstalled);
  return Promise.all(
    TOOLS.map(async (tool): Promise<ToolFact> => {
      const { name, package: from, version: argv } = tool;
      const installed = !missing.includes(tool);
      const said = installed && argv ? await machine.run(argv) : undefined;
      const [, version] = /(\d+(?:\.\d+)+)/.exec(said?.stdout ?? '') ?? [];
      return { name, package: from, installed, required: required.includes(tool), ...(version && { version }) };
    }),
  );
}

/** A kernel parameter that is not there is absent; one that cannot be read is `unseen`. */
async function readSysctls(host: Host, unseen: Unseen[]): Promise<Facts['sysctls']> {
  const found = await Promise.all(
    SYSCTLS.map(async (name) => {
      const { code, stdout, stderr } = await host.run(['cat', `/proc/sys/${name.replaceAll('.', '/')}`]);
      if (code !== 0 && !/No such file or directory/.test(stderr)) unseen.push({ what: name, why: stderr.trim() });
      return [name, code === 0 ? stdout.trim() : ''] as const;
    }),
  );
  return Object.fromEntries(found.filter(([, value]) => value !== ''));
}

/** Interfaces with their own rp_filter, read by one program: a node may have hundreds. */
async function withRpFilter(host: Host, interfaces: readonly Interface[]): Promise<readonly Interface[]> {
  const pathOf = ({ name }: Interface) => `/proc/sys/net/ipv4/conf/${name}/rp_filter`;
  const { stdout } = await host.run(['grep', '-sH', '.', ...interfaces.map(pathOf)]);
  const values = new Map(
    stdout.split('\n').map((line) => {
      const at = line.lastIndexOf(':');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  return interfaces.map((each) => {
    const rpFilter = values.get(pathOf(each));
    return rpFilter === undefined ? each : { ...each, rpFilter };
  });
}

async function readInterfaces(host: Host, unseen: Unseen[]): Promise<readonly Interface[]> {
  const { code, stdout, stderr } = await host.run(['ip', '-json', '-details', 'address', 'show']);
  if (code === 0) return parseInterfaces(stdout);
  unseen.push({ what: 'interfaces', why: stderr.trim() });
  return [];
}

const RIGHTS = 'this needs root or CAP_NET_ADMIN';

async function readRules(host: Host, unseen: Unseen[]): Promise<Pick<Facts, 'rules' | 'variant' | 'extensions'>> {
  if (has('CAP_NET_ADMIN') === false) {
    unseen.push({ what: 'the iptables rules', why: RIGHTS });
    return {};
  }
  try {
    const detected = await detect(host.run);
    const used = choose(detected, isKubeletMark)?.iptables;
    if (!used) return {};
    const rules = detected.flatMap(rulesOf);
    return { rules, variant: used.variant, extensions: await tryRules(host, `${used.program.ipv4}-restore`) };
  } catch (error) {
    unseen.push({ what: 'the iptables rules', why: error instanceof Error ? error.message : String(error) });
    return {};
  }
}

/**
 * A restore with all our matches and targets in test mode: nothing is committed, but the tool asks the kernel for each.
 */
async function tryRules(host: Host, program: string): Promise<NonNullable<Facts['extensions']>> {
  const { code, stderr } = await host.run([program, '--test', '--noflush', '--wait=5'], TRIAL);
  const missing = [...stderr.matchAll(/Extension (\S+) revision \d+ not supported/g)].map(([, name = '']) => name);
  return { missing: [...new Set(missing)], ...(code === 0 || missing.length > 0 ? {} : { refused: stderr.trim() }) };
}

function rulesOf({ iptables: { variant }, saved }: DetectedVariant): readonly RulesFact[] {
  return saved.map((ruleSet) => {
    const { chain: isOurs } = ownershipIn(ruleSet);
    const chains = ruleSet.tables.flatMap((table) => table.chains.map((chain) => ({ ...chain, table: table.name })));
    const relayed = chains
      .filter(({ name }) => name === 'KUBE-PORTALS-CONTAINER')
      .flatMap(({ lines }) => lines.flatMap(relayPort));
    return {
      variant,
      ...(relayed.length > 0 && { relayed }),
      family: ruleSet.family,
      ours: chains.filter(({ table, name }) => isOurs(table, name)).length,
      drops: chains
        .filter(({ policy }) => policy === 'DROP')
        .map(({ table, name, lines }) => ({ table, chain: name, others: lines.filter(isAcceptedByOthers).length })),
    };
  });
}

function relayPort(line: string): readonly number[] {
  const [, port] = / -p tcp .* -j REDIRECT --to-ports (\d+)/.exec(line) ?? [];
  return port === undefined ? [] : [Number(port)];
}

/** Whether the rule accepts, or goes to a foreign chain that may accept. */
function isAcceptedByOthers(line: string): boolean {
  const [, target = ''] = / -[jg] (\S+)/.exec(line) ?? [];
  return target !== '' && !/^(?:KUBE-.*|VIPC-.*|DROP|REJECT|LOG|NFLOG|MARK|CONNMARK|RETURN)$/.test(target);
}

async function readNft(host: Host, unseen: Unseen[]): Promise<Pick<Facts, 'nftTables' | 'nftDrops'>> {
  if (!isInstalled('nft')) return { nftDrops: [] };
  const [tables, chains] = await Promise.all([
    host.run(['nft', 'list', 'tables']),
    host.run(['nft', 'list', 'chains']),
  ]);
  if (tables.code !== 0 || has('CAP_NET_ADMIN') === false) {
    const why = has('CAP_NET_ADMIN') === false ? RIGHTS : tables.stderr.trim() || `nft ended with ${tables.code}`;
    unseen.push({ what: 'the nftables tables', why });
    return { nftDrops: [] };
  }
  return { nftTables: parseTables(tables.stdout), nftDrops: parseChains(chains.stdout) };
}

/** Rules are tried in a network namespace that ends with the trial. */
async function readReadiness(host: Host, unseen: Unseen[]): Promise<Pick<Facts, 'kernel' | 'nftTrial'>> {
  const kernel = (await host.run(['uname', '-r'])).stdout.trim();
  if (!isInstalled('nft')) return { kernel };
  if (has('CAP_NET_ADMIN') === false) {
    unseen.push({ what: 'what nft can load', why: RIGHTS });
    return { kernel };
  }
  const missing: string[] = [];
  for (const { module, rules } of NFT_TRIALS) {
    const outcome = await host.run(['unshare', '--net', 'nft', '-f', '-'], trialOf(rules));
    if (isCrash(outcome)) return { kernel, nftTrial: { missing, crash: await crashSentence(host.run, 'nft') } };
    if (outcome.code !== 0) missing.push(module);
  }
  return { kernel, nftTrial: { missing } };
}

/** flock tells whether the lock is held; a free lock is released again at once. */
async function readLock(machine: Host, path: string): Promise<Pick<Facts, 'lock'>> {
  if (!existsSync(path)) return {};
  const { code } = await machine.run(['flock', '--nonblock', '--exclusive', path, 'true']);
  const pid = Number(read(() => readFileSync(path, 'utf8')) || undefined);
  return { lock: { path, held: code === 1, ...(Number.isInteger(pid) && { pid }) } };
}

/**
 * Read: what is on a node, through its tools. Throws when one fails, or what it prints cannot be read whole.
 */
import type { Program } from '../backends/backend.js';
import { DEVICE, isOurSet } from '../backends/ours.js';
import { show } from '../diag.js';
import type { Live } from '../diff/live.js';
import type { Machine } from '../options.js';
import { parse as parseLinks } from '../tools/addresses/parse.js';
import type { Link } from '../tools/addresses/types.js';
import { parseCounts } from '../tools/ipset/counts.js';
import { parse as parseSets, type SavedSets } from '../tools/ipset/parse.js';
import type { SavedRuleSet } from '../tools/iptables/parse.js';
import { parse as parseSysctls, type Sysctls } from '../tools/sysctl.js';
import { ask, demand, FORBIDDEN, isMissing, understood } from './ask.js';
import type { Host, Outcome } from './host.js';
import { markLookups } from './lookups.js';
import { NFT_FAMILY, NO_NFTABLES, readTables } from './nft.js';
import type { Iptables } from './probe.js';
import { readIpvs } from './read-ipvs.js';
import { readRules } from './read-rules.js';

/** What the node says of itself. */
export async function readMachine(host: Host): Promise<Machine> {
  const [answer, links] = await Promise.all([demand(host, ['uname', '-n']), readLinks(host)]);
  const hostname = answer.trim();
  if (!/^[^\s\p{Cc}]+$/u.test(hostname)) throw new Error(`uname -n prints no host name: ${show(answer)}`);
  const addresses = links.filter(({ name }) => name !== DEVICE).flatMap((link) => link.addresses.map(({ ip }) => ip));
  return { hostname, addresses: [...new Set(addresses)] };
}

/** Everything there is that matters to make it `wanted`. */
export async function readLive(host: Host, iptables: Iptables, wanted: Program): Promise<Live> {
  const needed = wanted.device !== undefined;
  const [saved, sets, ipvs, links, sysctls, tables] = await Promise.all([
    readRules(host, iptables),
    readSets(host, needed),
    readIpvs(host, needed),
    readLinks(host),
    readSysctls(host, Object.keys(wanted.sysctls)),
    readTables(host),
  ]);
  if (iptables.variant === 'nft') await checkTables(host, saved, tables);
  const ruleSets = iptables.variant === 'nft' && tables ? await markLookups(host, saved, wanted) : saved;
  return { ruleSets, sets, ipvs, links, sysctls, ...(tables ? { tables } : {}) };
}

/** iptables-nft has its tables from where nft has them. One that is left out may have been made just now. */
async function checkTables(host: Host, saved: readonly SavedRuleSet[], tables: Live['tables']): Promise<void> {
  const lost = leftOut(saved, tables) && leftOut(saved, await readTables(host));
  if (lost) throw new Error(`nft list tables leaves out table ${lost}, which iptables shows`);
}

function leftOut(saved: readonly SavedRuleSet[], tables: Live['tables']): string | undefined {
  if (!tables || tables === NO_NFTABLES) return undefined;
  const there = new Set(tables.map(({ family, name }) => `${family} ${name}`));
  const shown = saved.flatMap(({ family, tables }) => tables.map(({ name }) => `${NFT_FAMILY[family]} ${name}`));
  return shown.find((name) => !there.has(name));
}

const NO_SETS: SavedSets = { sets: [], others: [] };

/** Where no program `needs` sets, a node without ipset has none. */
async function readSets(host: Host, needed: boolean): Promise<SavedSets> {
  const none = needed ? () => false : noSets;
  for (let reads = 1; ; reads++) {
    const text = await ask(host, ['ipset', 'save'], none);
    if (text === undefined) return NO_SETS;
    const found = understood('ipset save', parseSets(text));
    // A save has no end that would show that it is whole, so it is held against a list, which counts.
    const list = await ask(host, ['ipset', 'list', '-terse'], none);
    const lost = understood('ipset list -terse', parseCounts(list ?? '')).find(
      (set) => isOurSet(set.name) && !isWhole(found, set),
    );
    if (!lost) return found;
    // It may have changed just now.
    if (reads === MOST_READS) throw new Error(`ipset save leaves out members of ${lost.name}, or all of it`);
  }
}

const MOST_READS = 3;

function isWhole({ sets, others }: SavedSets, { name, members }: { readonly name: string; readonly members?: number }) {
  const set = sets.find((each) => each.name === name);
  return set ? members === undefined || set.entries.length >= members : others.some((each) => each.name === name);
}

/** Neither the tool nor the kernel knows sets. */
function noSets(outcome: Outcome): boolean {
  return isMissing(outcome) || (!FORBIDDEN.test(outcome.stderr) && NO_SETS_HERE.test(outcome.stderr));
}

const NO_SETS_HERE = /Cannot open session to kernel|Can't open socket to ipset|Protocol not supported/;

async function readLinks(host: Host): Promise<readonly Link[]> {
  const links = understood('ip address', parseLinks(await demand(host, IP)));
  // Every network namespace has lo.
  if (links.length === 0) throw new Error(`${IP.join(' ')} prints no device`);
  return links;
}

const IP = ['ip', '-json', '-details', 'address', 'show'];

/** Those that the kernel does not have yet are missing; so are all where there is no sysctl, which is said when one is set. */
async function readSysctls(host: Host, names: readonly string[]): Promise<Sysctls> {
  if (names.length === 0) return {};
  const text = (await ask(host, ['sysctl', '-e', ...names])) ?? '';
  const found = parseSysctls(text);
  const unread = text.split('\n').filter((line) => line !== '' && !/^\S+ = /.test(line));
  if (unread.length > 0) throw new Error(`sysctl prints something that vipc does not understand: ${show(unread[0])}`);
  return Object.fromEntries(Object.entries(found).filter(([name]) => names.includes(name)));
}

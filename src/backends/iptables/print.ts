/**
 * print: RuleSet → Text, character for character what iptables-save 1.8.9 (nft and legacy alike) prints after the text
 * was restored, comment lines and counters aside. So a golden file is what the kernel says, and live rules can be
 * compared line by line.
 */
import type { Family } from '../../ip.js';
import type { Line } from '../../text.js';
import type { Chain, Header, Match, Negatable, Rule, RuleSet, Target } from './rules.js';

/** The rule set as input for iptables-restore (ip6tables-restore for IPv6). */
export function* print(ruleSet: RuleSet): Generator<Line> {
  for (const table of ruleSet.tables) {
    yield { text: `*${table.name}` };
    for (const chain of table.chains) {
      yield { text: `:${chain.name} ${chain.policy ?? '-'} [0:0]`, origin: chain.origin };
    }
    for (const chain of table.chains) yield* printChain(chain, ruleSet.family);
    yield { text: 'COMMIT' };
  }
}

/** The rules of one chain, each as `-A CHAIN …`. */
function* printChain(chain: Chain, family: Family): Generator<Line> {
  for (const rule of chain.rules()) {
    yield { text: `-A ${chain.name}${printRule(rule, family)}`, origin: rule.origin ?? chain.origin };
  }
}

/** A rule without its chain, with a leading space. */
export function printRule({ header, matches, target }: Rule, family: Family): string {
  let text = printHeader(header);
  for (const match of matches) text += printMatch(match, family);
  return target ? `${text} -j ${printTarget(target, family)}` : text;
}

function printHeader({ source, destination, inInterface, protocol }: Header): string {
  let text = '';
  if (source) text += printAddress('-s', source);
  if (destination) text += printAddress('-d', destination);
  if (inInterface) text += ` ${bang(inInterface)}-i ${inInterface.value}`;
  if (protocol) text += ` -p ${protocol}`;
  return text;
}

/** A network of all addresses is no condition, and iptables-save does not print it; iptables-nft has no negation of it. */
function printAddress(flag: string, address: Negatable<string>): string {
  if (!address.not && address.value.endsWith('/0')) return '';
  return ` ${bang(address)}${flag} ${kernelAddress(address.value)}`;
}

function bang(negatable: Negatable<unknown>): string {
  return negatable.not ? '! ' : '';
}

function printMatch(match: Match, family: Family): string {
  switch (match.kind) {
    case 'comment':
      return ` -m comment --comment ${quote(match.text)}`;
    case 'l4':
      return ` -m ${match.protocol}${match.destinationPort === undefined ? '' : ` --dport ${match.destinationPort}`}`;
    case 'conntrack':
      return ` -m conntrack ${bang(match.states)}--ctstate ${match.states.value.join(',')}`;
    case 'mark':
      return ` -m mark ${bang(match.mark)}--mark ${hex(match.mark.value.value)}/${hex(match.mark.value.mask)}`;
    case 'addrtype':
      return ` -m addrtype --${match.side === 'source' ? 'src' : 'dst'}-type ${match.type}`;
    case 'statistic':
      return ` -m statistic --mode random --probability ${(match.probability / 2 ** 31).toFixed(11)}`;
    case 'recent': {
      const check = match.check.kind === 'set' ? '--set' : `--rcheck --seconds ${match.check.seconds} --reap`;
      return ` -m recent ${check} --name ${match.list} --mask ${HOST_MASK[family]} --rsource`;
    }
  }
}

const HOST_MASK: Readonly<Record<Family, string>> = {
  ipv4: '255.255.255.255',
  ipv6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};

const REJECT_WITH: Readonly<Record<Family, string>> = {
  ipv4: 'icmp-port-unreachable',
  ipv6: 'icmp6-port-unreachable',
};

function printTarget(target: Target, family: Family): string {
  switch (target.kind) {
    case 'accept':
      return 'ACCEPT';
    case 'drop':
      return 'DROP';
    case 'return':
      return 'RETURN';
    case 'jump':
      return target.chain;
    case 'reject':
      return `REJECT --reject-with ${REJECT_WITH[family]}`;
    case 'mark':
      return `MARK --set-xmark ${hex(target.value)}/${hex(target.mask)}`;
    case 'dnat': {
      const ip = kernelAddress(target.ip);
      return `DNAT --to-destination ${family === 'ipv6' ? `[${ip}]` : ip}:${target.port}`;
    }
    case 'masquerade':
      return target.randomFully ? 'MASQUERADE --random-fully' : 'MASQUERADE';
  }
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/**
 * xtables_save_string: bare when it is plain, else quoted with `"`, `\` and `'` escaped. Line breaks and other control
 * characters end a line or a word for the parser of iptables-restore whatever one does; they are replaced, so that no
 * text can become a rule even if a check before this one failed.
 */
function quote(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  return `"${text.replace(/[\u0000-\u001f\u007f]/g, '?').replace(/["\\']/g, '\\$&')}"`;
}

/**
 * An address as inet_ntop(3) writes it: RFC 5952, except that glibc shows `::a.b.c.d` (RFC 4291's deprecated
 * IPv4-compatible addresses) with dots.
 */
function kernelAddress(text: string): string {
  const compatible = /^::([0-9a-f]{1,4}):([0-9a-f]{1,4})(\/\d+)?$/.exec(text);
  if (!compatible) return text;
  const [, high = '', low = '', prefix = ''] = compatible;
  const bits = [high, low].map((group) => Number.parseInt(group, 16));
  return `::${bits.flatMap((group) => [group >> 8, group & 0xff]).join('.')}${prefix}`;
}

/** The rule set as one JSON object, in pieces of a chain. */
export function* toJson(ruleSet: RuleSet): Generator<string> {
  yield `{"family":${JSON.stringify(ruleSet.family)},"tables":[`;
  for (const [i, { name, chains }] of ruleSet.tables.entries()) {
    yield `${i === 0 ? '' : ','}\n{"name":${JSON.stringify(name)},"chains":[`;
    for (const [j, chain] of chains.entries()) {
      const { origin: of, ...rest } = chain;
      const rules = chain.rules().map(({ origin, ...rule }) => ({ ...rule, object: (origin ?? of)?.object }));
      yield `${j === 0 ? '' : ','}\n${JSON.stringify({ ...rest, rules })}`;
    }
    yield ']}';
  }
  yield ']}\n';
}

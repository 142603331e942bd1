/**
 * print: RuleSet → Text, character for character what iptables-save 1.8.9 (nft and legacy alike) prints after the text
 * was restored, except for comment lines and counters. So a golden file is what the kernel reports, and observed rules
 * can be compared line by line.
 */
import { type Family, inetNtop } from '../../ip.js';
import { type JsonObject, streamed } from '../../json.js';
import { ownerName } from '../../owner.js';
import type { Line } from '../../text.js';
import { ALL_BITS, HOST_MASK, hex, PORT_UNREACHABLE, PROTOCOL_NUMBER, quote, SAME_ADDRESS } from './spelling.js';
import {
  BUILT_IN_CHAINS,
  type Chain,
  type Header,
  type Match,
  type Negatable,
  type Rule,
  type RuleSet,
  type Table,
  type Target,
} from './types.js';

/** The rule set as input for iptables-restore (ip6tables-restore for IPv6). */
export function* print(ruleSet: RuleSet): Generator<Line> {
  for (const table of ruleSet.tables) {
    const chains = inOrder(table);
    yield { text: `*${table.name}` };
    for (const chain of chains) {
      yield { text: `:${chain.name} ${chain.policy ?? '-'} [0:0]`, origin: chain.origin };
    }
    for (const chain of chains) {
      for (const rule of chain.rules()) {
        yield { text: `-A ${chain.name}${printRule(rule, ruleSet.family)}`, origin: rule.origin ?? chain.origin };
      }
    }
    yield { text: 'COMMIT' };
  }
}

/** The chains of a table in the order of iptables-save: built-in ones as they are, then the others by name. */
function inOrder({ name, chains }: Table): readonly Chain[] {
  const builtIn = BUILT_IN_CHAINS[name];
  const isBuiltIn = (chain: Chain) => builtIn.includes(chain.name);
  const others = chains.filter((chain) => !isBuiltIn(chain)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...chains.filter(isBuiltIn), ...others];
}

/** The rules of a chain without `-A CHAIN`, each with a leading space. */
export function linesOf({ rules, printed, origin, owner }: Chain, family: Family): readonly Line[] {
  if (printed) return printed();
  return rules().map((rule) => ({
    text: printRule(rule, family),
    origin: rule.origin ?? origin,
    owner: rule.owner ?? owner,
  }));
}

/** A rule without its chain, with a leading space. */
export function printRule({ header, matches, target }: Rule, family: Family): string {
  let text = printHeader(header);
  for (const match of matches) text += printMatch(match, family);
  return target ? text + printTarget(target, family) : text;
}

function printHeader({ source, destination, inInterface, outInterface, protocol, other }: Header): string {
  let text = '';
  if (source) text += printAddress('-s', source);
  if (destination) text += printAddress('-d', destination);
  if (inInterface) text += ` ${bang(inInterface)}-i ${inInterface.value}`;
  if (outInterface) text += ` ${bang(outInterface)}-o ${outInterface.value}`;
  if (typeof protocol === 'string') text += ` -p ${protocol}`;
  else if (protocol) text += ` ${bang(protocol)}-p ${protocol.value}`;
  return other === undefined ? text : text + other;
}

/** A network of all addresses is no condition: iptables-save does not print it, and iptables-nft cannot negate it. */
function printAddress(flag: string, address: Negatable<string>): string {
  if (!address.not && address.value.endsWith('/0')) return '';
  return ` ${bang(address)}${flag} ${inetNtop(address.value)}`;
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
    case 'ports':
      return ` -m ${match.protocol} --dport ${match.ports.join(':')}`;
    case 'conntrack':
      return ` -m conntrack ${bang(match.states)}--ctstate ${match.states.value.join(',')}`;
    case 'mark':
      return ` -m mark ${bang(match.mark)}--mark ${printMasked(match.mark.value)}`;
    case 'addrtype':
      return ` -m addrtype ${bang(match.type)}--${match.side === 'source' ? 'src' : 'dst'}-type ${match.type.value}`;
    case 'set':
      return ` -m set --match-set ${match.set} ${match.sides.join(',')}`;
    case 'physdev-in':
      return ` -m physdev ${bang(match.in)}--physdev-is-in`;
    case 'ipvs': {
      const virtualServer = `--vaddr ${inetNtop(match.address)} --vport ${match.port}`;
      return ` -m ipvs --vproto ${PROTOCOL_NUMBER[match.protocol]} ${virtualServer}`;
    }
    case 'statistic':
      return ` -m statistic --mode random --probability ${(match.probability / 2 ** 31).toFixed(11)}`;
    case 'recent': {
      const check = match.check.kind === 'set' ? '--set' : `--rcheck --seconds ${match.check.seconds} --reap`;
      return ` -m recent ${check} --name ${match.list} --mask ${HOST_MASK[family]} --rsource`;
    }
    case 'same-address':
      return ` -m bpf --bytecode "${SAME_ADDRESS[family]}"`;
    case 'unknown':
      return match.text;
  }
}

/** A mask of all bits is not printed. */
function printMasked({ value, mask }: { readonly value: number; readonly mask: number }): string {
  return mask === ALL_BITS ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

function printTarget(target: Target, family: Family): string {
  switch (target.kind) {
    case 'accept':
      return ' -j ACCEPT';
    case 'drop':
      return ' -j DROP';
    case 'return':
      return ' -j RETURN';
    case 'jump':
      return ` -j ${target.chain}`;
    case 'goto':
      return ` -g ${target.chain}`;
    case 'reject':
      return ` -j REJECT --reject-with ${PORT_UNREACHABLE[family]}`;
    case 'mark':
      return ` -j MARK --set-xmark ${hex(target.value)}/${hex(target.mask)}`;
    case 'dnat': {
      const ip = inetNtop(target.ip);
      return ` -j DNAT --to-destination ${family === 'ipv6' ? `[${ip}]` : ip}:${target.port}`;
    }
    case 'redirect':
      return ` -j REDIRECT --to-ports ${target.port}`;
    case 'masquerade':
      return target.randomFully ? ' -j MASQUERADE --random-fully' : ' -j MASQUERADE';
    case 'unknown':
      return target.text;
  }
}

/** The rule set as data for JSON. */
export function toData({ family, tables }: RuleSet): JsonObject {
  return {
    family,
    tables: streamed(() => tables.map((table) => ({ name: table.name, chains: streamed(() => chainsData(table)) }))),
  };
}

function* chainsData(table: Table): Generator<JsonObject> {
  for (const { origin: of, owner: whose, ...chain } of inOrder(table)) {
    const rules = chain.rules().map(({ origin, owner: _, ...rule }) => ({ ...rule, object: (origin ?? of)?.object }));
    yield { ...chain, service: whose && ownerName(whose), rules };
  }
}

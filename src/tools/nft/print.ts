/**
 * print: tables → Text, as nft 1.0.6 lists them, but with one element per line and in an order of its own, so that
 * texts compare line by line. `nft -f` loads it.
 */
import { joined, type Line, type Text } from '../../text.js';
import { inKeyOrder } from './key-order.js';
import { printRule, type RuleContext, ruleContext } from './print-rule.js';
import { DYNAMIC_SIZE, duration, priority, quote } from './spelling.js';
import type { Chain, Element, NamedSet, NftFamily, Table, TableName } from './types.js';

/** Tables one after the other. */
export function print(tables: readonly Table[]): Text {
  return joined(tables.map((table) => ({ [Symbol.iterator]: () => printTable(table) })));
}

function* printTable(table: Table): Generator<Line> {
  yield { text: `${printTableName(table)} {` };
  const context = ruleContext(table);
  const others = table.others ?? [];
  const flags = others.filter((text) => text.startsWith('flags '));
  const late = others.filter((text) => text.startsWith('flowtable '));
  for (const text of flags) yield { text: `\t${text}` };
  if (table.comment !== undefined) yield { text: `\tcomment ${quote(table.comment)}` };
  const blocks: Iterable<Line>[] = [
    ...others.filter((text) => !flags.includes(text) && !late.includes(text)).map(printOther),
    ...table.sets.map((set) => printSet(set)),
    ...late.map(printOther),
    ...table.chains.map((chain) => printChain(chain, context)),
  ];
  for (const [i, block] of blocks.entries()) {
    if (i > 0) yield { text: '' };
    yield* block;
  }
  yield { text: '}' };
}

/** `table ip kube-proxy` */
export function printTableName({ family, name }: TableName): string {
  return `table ${family} ${name}`;
}

function printOther(text: string): readonly Line[] {
  return text.split('\n').map((line) => ({ text: line === '' ? '' : `\t${line}` }));
}

function* printSet(set: NamedSet): Generator<Line> {
  const place = { origin: set.origin, owner: set.owner };
  yield { text: `\t${set.kind} ${set.name} {`, ...place };
  for (const text of printSetHead(set)) yield { text: `\t\t${text}`, ...place };
  const elements = inKeyOrder(set.elements(), ({ key }) => key);
  if (elements.length > 0) {
    yield { text: '\t\telements = {', ...place };
    for (const element of elements) {
      yield { text: `\t\t\t${printElement(element)},`, origin: element.origin, owner: element.owner };
    }
    yield { text: '\t\t}', ...place };
  }
  yield { text: '\t}', ...place };
}

/** What a set is, without its elements: `type ipv4_addr`, `flags interval`, each a text of its own. */
export function printSetHead(set: NamedSet): readonly string[] {
  const size = set.size ?? (set.flags.includes('dynamic') ? DYNAMIC_SIZE : undefined);
  const flags = set.timeout !== undefined && set.flags.join() === 'timeout' ? [] : set.flags;
  const texts = [
    `${set.by} ${set.key}${set.data === undefined ? '' : ` : ${set.data}`}`,
    ...(size === undefined ? [] : [`size ${size}`]),
    ...(flags.length === 0 ? [] : [`flags ${flags.join(',')}`]),
    ...(set.timeout === undefined ? [] : [`timeout ${duration(set.timeout)}`]),
    ...(set.comment === undefined ? [] : [`comment ${quote(set.comment)}`]),
  ];
  if (!set.others) return texts;
  return [...texts, ...set.others]
    .map((text) => ({ text, rank: headRank(text) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ text }) => text);
}

/** The order of nft's listing. */
const HEAD = ['type', 'typeof', 'policy', 'size', '', 'flags', 'auto-merge', 'timeout', 'gc-interval', 'comment'];

/** Others are statements for each element, such as `counter`. */
function headRank(text: string): number {
  const rank = HEAD.indexOf(text.split(' ', 1).join());
  return rank < 0 ? HEAD.indexOf('') : rank;
}

/** `10.96.0.1 . tcp . 80 comment "x" : goto services` */
export function printElement({ key, timeout, comment, data }: Element): string {
  // Nearly all; a large cluster has hundreds of thousands.
  if (timeout === undefined && comment === undefined) return data === undefined ? key : `${key} : ${data}`;
  const lifetime = timeout === undefined ? '' : ` timeout ${duration(timeout)}`;
  const note = comment === undefined ? '' : ` comment ${quote(comment)}`;
  return `${key}${lifetime}${note}${data === undefined ? '' : ` : ${data}`}`;
}

function* printChain(chain: Chain, context: RuleContext): Generator<Line> {
  const place = { origin: chain.origin, owner: chain.owner };
  yield { text: `\tchain ${chain.name} {`, ...place };
  for (const text of printChainHead(chain, context.family)) yield { text: `\t\t${text}`, ...place };
  for (const rule of chain.rules()) {
    yield {
      text: `\t\t${printRule(rule, context)}`,
      origin: rule.origin ?? chain.origin,
      owner: rule.owner ?? chain.owner,
    };
  }
  yield { text: '\t}', ...place };
}

/** What a chain is, without its rules: comment and `type nat hook output priority -100; policy accept;`. */
export function printChainHead({ base, comment }: Chain, family: NftFamily): readonly string[] {
  const note = comment === undefined ? [] : [`comment ${quote(comment)}`];
  if (!base) return note;
  const { type, hook, device, policy } = base;
  const on = device === undefined ? '' : device.startsWith('devices ') ? ` ${device}` : ` device ${device}`;
  return [...note, `type ${type} hook ${hook}${on} priority ${priority(family, base)}; policy ${policy};`];
}

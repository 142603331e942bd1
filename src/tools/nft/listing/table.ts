/**
 * Tokens → a table with its chains; objects that are not known stay text.
 */
import { parsePriority, unquote } from '../spelling.js';
import type { BaseChain, Chain, NamedSet, NftFamily, Rule, Table } from '../types.js';
import { type Cursor, comes, Fault, takeBlock, takeLine, token, word } from './cursor.js';
import { readRule } from './rule.js';
import { readSet } from './set.js';

const FAMILIES: ReadonlySet<unknown> = new Set<NftFamily>(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);

/** The table behind the word `table`. */
export function readTable(cursor: Cursor): Table {
  const first = word(cursor, 'a family');
  const named = isFamily(first);
  const family = named ? first : 'ip';
  const name = named ? word(cursor, 'the name of a table') : first;
  let comment: string | undefined;
  const sets: NamedSet[] = [];
  const chains: Chain[] = [];
  const others: string[] = [];
  takeBlock(cursor, () => {
    if (comes(cursor, 'comment')) comment = unquote(takeLine(cursor).words.slice(1).join(' '));
    else if (comes(cursor, 'set') || comes(cursor, 'map')) {
      sets.push(readSet(cursor, word(cursor, 'set') === 'set' ? 'set' : 'map'));
    } else if (comes(cursor, 'chain')) {
      cursor.at++;
      readChain(cursor, { family, chains }, word(cursor, 'the name of a chain'));
    } else others.push(takeText(cursor));
  });
  return {
    family,
    name,
    ...(comment === undefined ? {} : { comment }),
    sets,
    chains,
    ...(others.length === 0 ? {} : { others }),
  };
}

export function isFamily(text: unknown): text is NftFamily {
  return FAMILIES.has(text);
}

/** An object as nft lists it, without the indentation that it has in a table, and without handles. */
function takeText(cursor: Cursor): string {
  const first = token(cursor);
  const start = first?.start ?? 0;
  takeLine(cursor);
  const end = token(cursor)?.start ?? cursor.text.length;
  return cursor.text
    .slice(start, end)
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\t/, '').replace(/\s*# handle \d+$/, ''))
    .join('\n');
}

/**
 * Reads the chain of a `jump { … }` in `parent` into `chains`, and returns a name for it: that of the first is `parent{1}`, which
 * no chain with a name of its own can have.
 */
export function readAnonymous(cursor: Cursor, into: Into, parent: string): string {
  const isSibling = ({ name }: Chain) => name.startsWith(`${parent}{`) && !name.includes('{', parent.length + 1);
  const name = `${parent}{${into.chains.filter(isSibling).length + 1}}`;
  readChain(cursor, into, name);
  return name;
}

/** The table that chains are read into. */
export interface Into {
  readonly family: NftFamily;
  readonly chains: Chain[];
}

function readChain(cursor: Cursor, into: Into, name: string): void {
  const { family, chains } = into;
  const rules: Rule[] = [];
  let comment: string | undefined;
  let base: BaseChain | undefined;
  takeBlock(cursor, () => {
    const at = token(cursor);
    const { words, handle } = takeLine(cursor, (block) => readAnonymous(block, into, name));
    const [first] = words;
    if (first === 'comment') comment = unquote(words.slice(1).join(' '));
    else if (first === 'type' && !base) {
      base = readBase(words, family);
      if (!base) throw new Fault('not the head of a chain', at);
    } else if (first === 'policy' && base) base = { ...base, policy: words[1] === 'drop' ? 'drop' : 'accept' };
    else if (words.length > 0) {
      rules.push({ ...readRule(words, family), ...(handle === undefined ? {} : { handle }) });
    }
  });
  const properties = { ...(base ? { base } : {}), ...(comment === undefined ? {} : { comment }) };
  chains.push({ name, ...properties, rules: () => rules });
}

/** `type filter hook ingress device "lo" priority -500` */
function readBase(words: readonly string[], family: NftFamily): BaseChain | undefined {
  const [, type, , hook] = words;
  const at = words.indexOf('priority');
  if (at < 0 || !isType(type) || !isHook(hook)) return undefined;
  const priority = parsePriority(family, words.slice(at + 1));
  if (priority === undefined) return undefined;
  const on = words.slice(4, at);
  const device = on[0] === 'device' ? on.slice(1) : on;
  return { type, hook, priority, policy: 'accept', ...(device.length === 0 ? {} : { device: device.join(' ') }) };
}

export function isType(text: unknown): text is BaseChain['type'] {
  return text === 'filter' || text === 'nat' || text === 'route';
}

const HOOKS: ReadonlySet<unknown> = new Set<BaseChain['hook']>([
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'ingress',
  'egress',
]);

export function isHook(text: unknown): text is BaseChain['hook'] {
  return HOOKS.has(text);
}

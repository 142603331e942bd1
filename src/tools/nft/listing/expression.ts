/**
 * Words → an expression.
 */
import { BARE_META, parseNumber } from '../spelling.js';
import type { Expression } from '../types.js';
import { next, peek, took, type Words } from './words.js';

/** The expression that comes next, with concatenation and mask; undefined where none is known. */
export function readExpression(words: Words): Expression | undefined {
  const first = readOne(words);
  if (!first) return undefined;
  const parts = [first];
  while (took(words, '.')) {
    const part = readOne(words);
    if (!part) return undefined;
    parts.push(part);
  }
  if (parts.length > 1) return { kind: 'concat', parts };
  return readMask(words, first);
}

/** The headers whose fields are named by one word. */
const HEADERS: ReadonlySet<string> = new Set(
  'ah arp comp dccp esp ether gre icmp icmpv6 igmp ip ip6 sctp tcp th udp udplite vlan'.split(' '),
);

/** Expressions of two words that the compiler does not write. */
const OTHERS: ReadonlySet<string> = new Set('dst exthdr frag hbh mh osf rt socket srh'.split(' '));

/** Old versions of nft write these without `meta`. */
const OLD_META: ReadonlySet<string> = new Set('cpu cgroup mark pkttype rtclassid skgid skuid'.split(' '));

function readOne(words: Words): Expression | undefined {
  const start = words.at;
  const word = next(words) ?? '';
  if (word === 'meta') return isName(peek(words)) ? { kind: 'meta', key: next(words) ?? '' } : undefined;
  if (BARE_META.has(word) || OLD_META.has(word)) return { kind: 'meta', key: word };
  if (word === 'ct') return readCt(words);
  if (word === 'fib') return readFib(words);
  if (word === 'numgen') return readNumgen(words);
  if (word === 'jhash' || word === 'symhash') return readHash(words, start);
  if (word.startsWith('@') && /^@\w+,\d+,\d+$/.test(word)) return { kind: 'unknown', text: word };
  if (word === 'tcp' && took(words, 'option')) return readTcpOption(words, start);
  if (OTHERS.has(word)) return isName(next(words)) ? unknown(words, start) : undefined;
  return HEADERS.has(word) ? readPayload(words, word) : undefined;
}

function isName(word: string | undefined): boolean {
  return word !== undefined && /^[a-z][a-z0-9-]*$/.test(word);
}

function unknown({ words, at }: Words, start: number): Expression {
  return { kind: 'unknown', text: words.slice(start, at).join(' ') };
}

function readPayload(words: Words, header: string): Expression | undefined {
  const field = next(words);
  if (field === undefined || !isName(field) || field === 'option') return undefined;
  // `arp saddr ip`, `arp daddr ether`
  const address = header === 'arp' && field.endsWith('addr') ? ` ${next(words)}` : '';
  return { kind: 'payload', header, field: `${field}${address}` };
}

function readTcpOption(words: Words, start: number): Expression {
  words.at++;
  if (!['exists', 'missing'].includes(peek(words) ?? '')) words.at++;
  return unknown(words, start);
}

function readCt(words: Words): Expression | undefined {
  const first = next(words);
  if (!isName(first) || first === 'count') return undefined;
  if (first !== 'original' && first !== 'reply') return { kind: 'ct', key: first ?? '' };
  const second = next(words) ?? '';
  const key = second === 'ip' || second === 'ip6' ? `${second} ${next(words)}` : second;
  return isName(second) ? { kind: 'ct', key, direction: first } : undefined;
}

function readFib(words: Words): Expression | undefined {
  const flags: string[] = [];
  do flags.push(next(words) ?? '');
  while (took(words, '.'));
  const result = next(words);
  return result !== undefined && flags.every(isName) ? { kind: 'fib', flags, result } : undefined;
}

function readNumgen(words: Words): Expression | undefined {
  const mode = next(words);
  if ((mode !== 'random' && mode !== 'inc') || !took(words, 'mod')) return undefined;
  const mod = parseNumber(next(words));
  const offset = took(words, 'offset') ? parseNumber(next(words)) : 0;
  return mod === undefined || offset === undefined ? undefined : { kind: 'numgen', mode, mod, offset };
}

function readHash(words: Words, start: number): Expression | undefined {
  while (peek(words) !== undefined && peek(words) !== 'mod') words.at++;
  words.at += 2;
  for (const option of ['seed', 'offset']) if (took(words, option)) words.at++;
  return words.at <= words.words.length ? unknown(words, start) : undefined;
}

/** `meta mark & 0x00004000`; a mask that is not a number, as in `ip saddr & 0.0.0.255`, is unknown. */
function readMask(words: Words, of: Expression): Expression | undefined {
  if (!took(words, '&') && !took(words, 'and')) return of;
  const word = next(words) ?? '';
  const mask = parseNumber(word);
  if (mask !== undefined && of.kind !== 'unknown') return { kind: 'masked', of, mask };
  const start = words.at - 1;
  if (word.startsWith('('))
    while (words.at < words.words.length && !words.words[words.at - 1]?.endsWith(')')) words.at++;
  const text =
    of.kind === 'payload'
      ? `${of.header} ${of.field}`
      : of.kind === 'ct'
        ? `ct ${of.key}`
        : of.kind === 'unknown'
          ? of.text
          : undefined;
  return text === undefined
    ? undefined
    : { kind: 'unknown', text: `${text} & ${words.words.slice(start, words.at).join(' ')}` };
}

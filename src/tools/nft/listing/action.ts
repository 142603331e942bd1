/**
 * Words → a statement that begins with a word of its own: verdicts, NAT, marks, logs.
 */
import { defaultReject, parseDuration, parseNumber } from '../spelling.js';
import type { NatTarget, NftFamily, Statement, Verdict } from '../types.js';
import { readExpression } from './expression.js';
import { readMap } from './value.js';
import { next, peek, took, type Words } from './words.js';

/** The statement that comes next; undefined for a match, and for what is not known. */
export function readAction(words: Words, family: NftFamily): Statement | undefined {
  const word = next(words) ?? '';
  switch (word) {
    case 'counter':
      return readCounter(words);
    case 'log':
      return readLog(words);
    case 'limit':
      return readLimit(words);
    case 'xt':
      words.at += 2;
      return unknown(words, words.at - 3);
    case 'notrack':
      return { kind: 'notrack' };
    case 'reject':
      return readReject(words, family);
    case 'masquerade':
    case 'redirect':
      return readOwnPort(words, word);
    case 'dnat':
    case 'snat':
      return readNat(words, word);
    case 'add':
    case 'update':
    case 'delete':
      return readSetStatement(words, word);
    case 'meta':
      if (took(words, 'nftrace', 'set')) return { kind: 'neutral', text: `meta nftrace set ${next(words)}` };
      return took(words, 'mark', 'set') ? readMark(words, 'meta') : undefined;
    case 'mark':
      return took(words, 'set') ? readMark(words, 'meta') : undefined;
    case 'ip':
    case 'ip6':
    case 'tcp':
      return readRewrite(words);
    case 'ct':
      return took(words, 'mark', 'set') ? readMark(words, 'ct') : undefined;
  }
  words.at--;
  const verdict = readVerdict(words);
  return verdict && { kind: 'verdict', verdict };
}

function readVerdict(words: Words): Verdict | undefined {
  const kind = next(words);
  if (kind === 'accept' || kind === 'drop' || kind === 'return' || kind === 'continue') return { kind };
  const chain = kind === 'jump' || kind === 'goto' ? next(words) : undefined;
  return chain === undefined ? undefined : { kind: kind === 'jump' ? 'jump' : 'goto', chain };
}

function unknown({ words, at }: Words, start: number): Statement {
  return { kind: 'unknown', text: words.slice(start, at).join(' ') };
}

/** `ip dscp set cs1`, `tcp option maxseg size set rt mtu`: to a constant, or to what a route says. */
function readRewrite(words: Words): Statement | undefined {
  const start = words.at - 1;
  if (took(words, 'option', 'maxseg', 'size', 'set', 'rt', 'mtu')) return unknown(words, start);
  const isKnown = ['dscp set', 'ecn set', 'option maxseg size set'].some((each) => took(words, ...each.split(' ')));
  if (!isKnown || !CONSTANT.test(next(words) ?? '')) return undefined;
  return ['map', '&', '|', '^', 'and', 'or', 'xor'].includes(peek(words) ?? '') ? undefined : unknown(words, start);
}

const CONSTANT = /^(?:0x[0-9a-f]+|\d+|cs[0-7]|af[1-4][1-3]|ef|be|lephb|va|(?:not-)?ect[01]?|ce)$/;

/** What was counted is no part of the rule. */
function readCounter(words: Words): Statement {
  if (took(words, 'name')) return { kind: 'neutral', text: `counter name ${next(words)}` };
  if (took(words, 'packets')) words.at += 3;
  return { kind: 'neutral', text: 'counter' };
}

const LOG_OPTIONS: ReadonlySet<string> = new Set(['prefix', 'level', 'group', 'snaplen', 'queue-threshold', 'flags']);

function readLog(words: Words): Statement {
  const start = words.at - 1;
  while (LOG_OPTIONS.has(peek(words) ?? '')) {
    const option = next(words);
    const value = next(words);
    if (option === 'flags' && (value === 'tcp' || value === 'ip')) words.at++;
  }
  return { kind: 'neutral', text: words.words.slice(start, words.at).join(' ') };
}

/** `limit rate over 10 mbytes/second burst 5 packets`, `limit name "x"` */
function readLimit(words: Words): Statement {
  const start = words.at - 1;
  if (took(words, 'name')) words.at++;
  else {
    took(words, 'rate');
    took(words, 'over');
    words.at += peek(words)?.includes('/') ? 1 : 2;
    if (took(words, 'burst')) words.at += 2;
  }
  return unknown(words, start);
}

function readReject(words: Words, family: NftFamily): Statement {
  if (!took(words, 'with')) return { kind: 'reject' };
  const protocol = next(words);
  took(words, 'type');
  const answer = `${protocol} ${next(words)}`;
  return answer === defaultReject(family) ? { kind: 'reject' } : { kind: 'reject', with: answer };
}

/** The flags of NAT that come next. */
function readFlags(words: Words): readonly string[] {
  const flags: string[] = [];
  while (/^(?:random|fully-random|persistent)\b/.test(peek(words) ?? '')) {
    flags.push(...(next(words) ?? '').split(','));
    took(words, ',');
  }
  return flags;
}

function readOwnPort(words: Words, kind: 'masquerade' | 'redirect'): Statement | undefined {
  const ports = took(words, 'to') ? /^:(\d+(?:-\d+)?)$/.exec(next(words) ?? '')?.[1] : '';
  if (ports === undefined) return undefined;
  const flags = readFlags(words);
  if (kind === 'masquerade') return { kind, ...(ports === '' ? {} : { ports }), flags };
  if (ports.includes('-')) return undefined;
  return { kind, ...(ports === '' ? {} : { port: Number(ports) }), flags };
}

function readNat(words: Words, kind: 'dnat' | 'snat'): Statement | undefined {
  const start = words.at;
  if (!took(words, 'ip')) took(words, 'ip6');
  took(words, 'addr', '.', 'port');
  if (!took(words, 'to')) return undefined;
  const to = readAddress(words) ?? readMapTarget(words) ?? readRange(words, start);
  return to && { kind, to, flags: readFlags(words) };
}

function readAddress(words: Words): NatTarget | undefined {
  const word = peek(words) ?? '';
  const [, bracketed, bare, port] =
    /^(?:\[([0-9a-f:.]+)\]|(\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*)?)(?::(\d+))?$/.exec(word) ?? [];
  const ip = bracketed ?? bare;
  if ((ip === undefined && port === undefined) || peek(words, 1) === '.') return undefined;
  words.at++;
  return {
    kind: 'address',
    ...(ip === undefined ? {} : { ip }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function readMapTarget(words: Words): NatTarget | undefined {
  const start = words.at;
  const key = readExpression(words);
  const map = key && took(words, 'map') ? readMap(words, key) : undefined;
  if (key && map) {
    if (!took(words, ':')) return { kind: 'map', key, map };
    const portKey = readExpression(words);
    const portMap = portKey && took(words, 'map') ? readMap(words, portKey) : undefined;
    if (portKey && portMap) return { kind: 'map', key, map, port: { key: portKey, map: portMap } };
  }
  words.at = start;
  return undefined;
}

/** A range of addresses or ports, as nft lists it. */
function readRange(words: Words, start: number): NatTarget | undefined {
  const range = next(words);
  if (range === undefined || !/^[\d:[]\S*-/.test(range)) return undefined;
  return { kind: 'unknown', text: words.words.slice(start, words.at).join(' ') };
}

/** A number, or a mark with what is done to it. */
function readMark(words: Words, target: 'meta' | 'ct'): Statement | undefined {
  const constant = parseNumber(peek(words));
  if (constant !== undefined) {
    words.at++;
    return { kind: 'mark', target, mask: 0, xor: constant };
  }
  const source: 'meta' | 'ct' | undefined = took(words, 'ct', 'mark')
    ? 'ct'
    : took(words, 'meta', 'mark') || took(words, 'mark')
      ? 'meta'
      : undefined;
  if (!source) return undefined;
  const from = source === target ? {} : { from: source };
  let [mask, xor] = [0xffffffff, 0];
  for (;;) {
    const operation = OPERATIONS.get(peek(words) ?? '');
    if (!operation) return { kind: 'mark', target, ...from, mask: mask >>> 0, xor: xor >>> 0 };
    const value = parseNumber(peek(words, 1));
    if (value === undefined) return undefined;
    words.at += 2;
    [mask, xor] = operation(mask, xor, value);
  }
}

type Operation = (mask: number, xor: number, value: number) => [number, number];

/** What each does to (mark & mask) ^ xor. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['&', (mask, xor, value) => [mask & value, xor & value]],
  ['|', (mask, xor, value) => [mask & ~value, xor | value]],
  ['^', (mask, xor, value) => [mask, xor ^ value]],
  ['and', (mask, xor, value) => [mask & value, xor & value]],
  ['or', (mask, xor, value) => [mask & ~value, xor | value]],
  ['xor', (mask, xor, value) => [mask, xor ^ value]],
]);

/** `update @affinity { ip saddr timeout 1h : 10.0.0.1 . 80 }` */
function readSetStatement(words: Words, operation: 'add' | 'update' | 'delete'): Statement | undefined {
  const set = next(words);
  if (!set?.startsWith('@') || !took(words, '{')) return undefined;
  const key = readExpression(words);
  const timeout = took(words, 'timeout') ? parseDuration(next(words)) : undefined;
  const data: string[] = [];
  if (took(words, ':')) while (peek(words) !== undefined && peek(words) !== '}') data.push(next(words) ?? '');
  if (!key || !took(words, '}')) return undefined;
  return {
    kind: 'set',
    operation,
    set: set.slice(1),
    key,
    ...(data.length === 0 ? {} : { data: data.join(' ') }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

/**
 * Statements of `nft -j` → text as nft lists it.
 */
import { duration, quote } from '../spelling.js';
import { type Data, expressionText, NotListed, only, properties, valueText, verdictText, writings } from './value.js';

/** A statement; throws NotListed where it is not known. */
export function statementText(statement: unknown): string {
  const [name, value] = only(statement) ?? ['', undefined];
  const verdict = verdictText(name, value);
  if (verdict !== undefined) return verdict;
  const of = properties(value);
  switch (name) {
    case 'match':
      return matchText(of);
    case 'vmap':
      return `${expressionText(of['key'])} vmap ${valueText(of['data'], writings(of['key']))}`;
    case 'mangle':
      return `${expressionText(of['key'])} set ${valueText(of['value'], writings(of['key']))}`;
    case 'counter':
      return typeof value === 'string' ? `counter name ${quote(value)}` : 'counter';
    case 'limit':
      return limitText(value);
    case 'log':
      return logText(of);
    case 'notrack':
      return 'notrack';
    case 'reject':
      return rejectText(of);
    case 'masquerade':
    case 'redirect':
    case 'dnat':
    case 'snat':
      return natText(name, of);
    case 'set':
    case 'map':
      return setStatementText(of);
    case 'ct helper':
      return `ct helper set ${quote(String(value))}`;
    case 'tproxy':
      return tproxyText(of);
    case 'xt':
      return `xt ${of['type']} ${quote(String(of['name']))}`;
  }
  throw new NotListed(name);
}

function words(...texts: readonly unknown[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join(' ');
}

function matchText({ op, left, right }: Data): string {
  // Of TCP flags `in` asks for one of them and `==` for just these; of a set in braces there is one way only.
  const isExact = expressionText(left) === 'tcp flags' && only(right)?.[0] !== 'set';
  const operator = op === 'in' || (op === '==' && only(left)?.[0] !== '&' && !isExact) ? '' : op;
  if (typeof right === 'boolean') return words(expressionText(left), operator, right ? 'exists' : 'missing');
  return words(expressionText(left), operator, valueText(right, writings(left)));
}

function limitText(value: unknown): string {
  if (typeof value === 'string') return `limit name ${quote(value)}`;
  const of = properties(value);
  const unit = of['rate_unit'] === undefined || of['rate_unit'] === 'packets' ? '' : ` ${of['rate_unit']}`;
  const burst = of['burst'] ? `burst ${of['burst']} ${of['burst_unit'] ?? 'packets'}` : '';
  return words('limit rate', of['inv'] === true ? 'over' : '', `${of['rate']}${unit}/${of['per']}`, burst);
}

function logText(of: Data): string {
  const options = ['prefix', 'group', 'snaplen', 'queue-threshold', 'level', 'flags'].map((name) => {
    const value = of[name];
    if (value === undefined) return '';
    return `${name} ${name === 'prefix' ? quote(String(value)) : [value].flat().join(',')}`;
  });
  return words('log', ...options);
}

function rejectText({ type, expr }: Data): string {
  return type === undefined ? 'reject' : words('reject with', type, expr);
}

function natText(name: string, { family, addr, port, flags, type_flags: type }: Data): string {
  if (type !== undefined && type !== 'concat') throw new NotListed(name);
  const address = addr === undefined ? '' : valueText(addr);
  const host = port !== undefined && /^[^ ]*:/.test(address) ? `[${address}]` : address;
  const to = `${host}${port === undefined ? '' : `:${valueText(port)}`}`;
  return words(name, family, to === '' ? '' : `to ${to}`, flags === undefined ? '' : [flags].flat().join(','));
}

function setStatementText({ op, map, set = map, elem, data, stmt }: Data): string {
  const [name, value] = only(elem) ?? ['', undefined];
  const of = properties(value);
  const key = expressionText(name === 'elem' ? of['val'] : elem);
  const timeout = name === 'elem' && of['timeout'] !== undefined ? `timeout ${duration(Number(of['timeout']))}` : '';
  const statements = stmt === undefined ? [] : [stmt].flat().map(statementText);
  return words(op, set, '{', key, timeout, ...statements, data === undefined ? '' : `: ${valueText(data)}`, '}');
}

function tproxyText({ family, addr, port }: Data): string {
  return words('tproxy', family, `to ${addr ?? ''}${port === undefined ? '' : `:${port}`}`);
}

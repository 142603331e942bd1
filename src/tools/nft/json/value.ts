/**
 * Values and expressions of `nft -j` → text as nft lists it, which the parser of listings reads.
 */
import { BARE_META, hex } from '../spelling.js';

export type Data = Readonly<Record<string, unknown>>;

export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The one key of an object with its value: `{"drop": null}`. */
export function only(value: unknown): readonly [string, unknown] | undefined {
  const entries = isData(value) ? Object.entries(value) : [];
  return entries.length === 1 ? entries[0] : undefined;
}

/** The properties of a value, none for any other. */
export function properties(value: unknown): Data {
  return isData(value) ? value : {};
}

/** What cannot be written as a listing would. */
export class NotListed extends Error {}

/** How the values beside an expression, or of a type, are written. */
export type Writing = 'plain' | 'quoted' | 'mark';

const QUOTED: ReadonlySet<string> = new Set(
  'iif iifname oif oifname ibrname obrname sdif sdifname iifkind oifkind day hour time ifname iface_index'.split(' '),
);

/** How values of a type, or of a key of meta, are written; `meta mark` and `ct mark` are a typeof. */
export function writing(name: string): Writing {
  const key = name.replace(/^(?:meta|ct) /, '');
  return QUOTED.has(key) ? 'quoted' : key === 'mark' ? 'mark' : 'plain';
}

/** How the fields of a value beside an expression are written. */
export function writings(left: unknown): readonly Writing[] {
  const [name, value] = only(left) ?? ['', undefined];
  if (name === 'concat' && Array.isArray(value)) return value.flatMap(writings);
  if (name === '&' && Array.isArray(value)) return writings(value[0]);
  return [name === 'meta' || name === 'ct' ? writing(String(properties(value)['key'])) : 'plain'];
}

/** A value: an address, a number, a network, a range, a concatenation. */
export function valueText(value: unknown, as: readonly Writing[] = ['plain']): string {
  if (typeof value === 'number') return as[0] === 'mark' ? hex(value) : `${value}`;
  if (typeof value === 'string') return as[0] === 'quoted' ? `"${value}"` : value;
  if (Array.isArray(value)) return value.map((each) => valueText(each, as)).join(',');
  const [name, inner] = only(value) ?? ['', undefined];
  if (name === 'range' && Array.isArray(inner)) return inner.map((each) => valueText(each, as)).join('-');
  if (name === 'concat' && Array.isArray(inner)) {
    return inner.map((each, i) => valueText(each, [as[i] ?? 'plain'])).join(' . ');
  }
  if (name === 'set') return setText(inner, as);
  if (name === 'prefix') return `${properties(inner)['addr']}/${properties(inner)['len']}`;
  if (name === '|' && Array.isArray(inner)) return inner.map((each) => valueText(each, as)).join(' | ');
  return verdictText(name, inner) ?? expressionText(value);
}

function setText(items: unknown, as: readonly Writing[]): string {
  const list = Array.isArray(items) ? items : [items];
  const texts = list.map((item) =>
    Array.isArray(item) && item.length === 2
      ? `${valueText(item[0], as)} : ${valueText(item[1])}`
      : valueText(item, as),
  );
  return `{ ${texts.join(', ')} }`;
}

/** `goto services` */
export function verdictText(name: string, value: unknown): string | undefined {
  if (name === 'accept' || name === 'drop' || name === 'return' || name === 'continue') return name;
  return name === 'jump' || name === 'goto' ? `${name} ${properties(value)['target']}` : undefined;
}

/** An expression, for which a packet has a value. */
export function expressionText(expression: unknown): string {
  const [name, value] = only(expression) ?? ['', undefined];
  const of = properties(value);
  const text = (key: string): string => `${of[key]}`;
  switch (name) {
    case 'payload':
      return 'base' in of
        ? `@${text('base')},${text('offset')},${text('len')}`
        : `${text('protocol')} ${text('field')}`;
    case 'meta':
      return BARE_META.has(text('key')) ? text('key') : `meta ${text('key')}`;
    case 'ct':
      return `ct ${of['dir'] === undefined ? '' : `${of['dir']} `}${text('key')}`;
    case 'fib':
      return `fib ${[of['flags']].flat().join(' . ')} ${text('result')}`;
    case 'numgen':
      return `numgen ${text('mode')} mod ${text('mod')}${of['offset'] ? ` offset ${text('offset')}` : ''}`;
    case 'jhash': {
      const seed = of['seed'] === undefined ? '' : ` seed 0x${Number(of['seed']).toString(16)}`;
      const offset = of['offset'] ? ` offset ${text('offset')}` : '';
      return `jhash ${expressionText(of['expr'])} mod ${text('mod')}${seed}${offset}`;
    }
    case 'concat':
      return [value].flat().map(expressionText).join(' . ');
    case 'socket':
      return `socket ${text('key')}`;
    case 'exthdr':
      return `exthdr ${text('name')}`;
    case 'map':
      return `${expressionText(of['key'])} map ${valueText(of['data'], writings(of['key']))}`;
  }
  return binaryText(name, value);
}

/** `meta mark & 0x00004000` */
function binaryText(name: string, value: unknown): string {
  if (!['&', '|', '^'].includes(name) || !Array.isArray(value)) throw new NotListed(name);
  const [left, right] = value as readonly unknown[];
  // 1.0.6 lists flags, a newer nft joins them.
  const [joint, flags] = only(right) ?? ['', right];
  const several = Array.isArray(flags) && (joint === '' || joint === '|');
  const mask = several ? `(${flags.join(' | ')})` : valueText(right, writings(left));
  return `${expressionText(left)} ${name} ${mask}`;
}

/**
 * cli: the JSON that pino makes of a log call → a line for a program or for people. It can hold text from outside,
 * such as the answer of a server, so control characters are escaped: no line commands a terminal.
 */
import { escapedJson } from '../printable.js';

export const LOG_FORMATS = ['json', 'text'] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

/** JSON of pino → the line to write, for each format. */
export const LINE: Readonly<Record<LogFormat, (json: string) => string>> = { json: escaped, text };

/** One line, whatever `text` holds; JSON keeps its meaning. */
function escaped(text: string): string {
  return `${escapedJson(text.trimEnd()).replaceAll('\n', '\\n')}\n`;
}

/** `2026-01-01T00:00:00.000Z info  synced kind=full changes.services=1 changed=default/web` */
function text(json: string): string {
  const { time, level, msg, ...fields } = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const [at = '', how = '', what = ''] = [time, level, msg].map((part) => escaped(String(part ?? '')).trimEnd());
  return `${[at, how.padEnd(5), what, ...flat('', fields)].join(' ')}\n`;
}

function flat(prefix: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return [`${prefix}=${value.map(word).join(',')}`];
  if (typeof value !== 'object' || value === null) return [`${prefix}=${word(value)}`];
  return Object.entries(value).flatMap(([name, inner]) => flat(prefix === '' ? name : `${prefix}.${name}`, inner));
}

/** Quoted unless it is one word, so that the line can be parsed. */
function word(value: unknown): string {
  if (typeof value === 'string' && /^[\w./:@+-]+$/.test(value)) return value;
  return escaped(JSON.stringify(value) ?? '').trimEnd();
}

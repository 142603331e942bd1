/**
 * look, part: the lines of `nft list table` → its parts. Those that another version of nft spells differently are parsed
 * and printed; none of them is, where nft is that of which the canonical text is.
 */
import { parse } from '../parse.js';
import { printTableName } from '../print.js';
import type { TableName } from '../types.js';
import { elementPart, partOf, partsOf } from './parts.js';

export interface Listing {
  /** Takes the next line. */
  readonly take: (line: string) => void;
  /** Whether the table was read whole and has no other parts than known ones. */
  readonly isKnown: () => boolean;
}

/** A set, map or chain that is being read. */
interface Block {
  readonly kind: string;
  readonly name: string;
  readonly lines: string[];
  /** Whether what comes are elements. */
  hasElements: boolean;
}

/** The listing of a table, of which nothing was read yet. */
export function listing(table: TableName, isKnown: (part: string) => boolean): Listing {
  const at = `${table.family} ${table.name}`;
  const own: string[] = [];
  /** The sets so far, without their elements: the text of a rule depends on the maps that it names. */
  const sets = new Map<string, string>();
  let block: Block | undefined;
  let state: 'before' | 'in' | 'ended' | 'other' = 'before';

  const check = (part: string, blocks: () => readonly string[]): void => {
    if (!isKnown(part) && !isKnown(respelled(at, blocks()) ?? part)) state = 'other';
  };
  const close = ({ kind, name, lines }: Block): void => {
    const text = `${kind} ${name} {\n${lines.join('\n')}\n}`;
    if (kind !== 'chain') sets.set(name, text);
    const named = () => Array.from(text.matchAll(/@([\w./-]+)/g), ([, set = '']) => sets.get(set) ?? '');
    check(partOf(`${at} ${kind} ${name}`, lines), () => [...(kind === 'chain' ? named() : []), text]);
  };
  const takeElements = (of: Block, text: string): void => {
    const plain = text.includes('"') ? text.replace(/"[^"]*"/g, '') : text;
    of.hasElements = !plain.endsWith('}');
    if (of.lines.some((line) => line.startsWith('flags ') && line.includes('dynamic'))) return;
    const whole = of.hasElements ? text : text.slice(0, -1);
    for (const each of whole.match(ELEMENT) ?? []) {
      const element = each.trim();
      if (element === '') continue;
      const set = () => [`${of.kind} ${of.name} {\n${of.lines.join('\n')}\nelements = { ${element} }\n}`];
      check(elementPart(at, of.name, element), set);
    }
  };
  const takeInside = (of: Block, line: string): void => {
    const text = line.trim();
    if (of.hasElements) takeElements(of, text);
    else if (line === '\t}') {
      close(of);
      block = undefined;
    } else if (of.kind !== 'chain' && text.startsWith(ELEMENTS)) takeElements(of, text.slice(ELEMENTS.length));
    else of.lines.push(text);
  };
  const takeOutside = (line: string): void => {
    const [, kind, name] = /^\t(set|map|chain) (\S+) \{$/.exec(line) ?? [];
    if (kind !== undefined && name !== undefined) block = { kind, name, lines: [], hasElements: false };
    else if (line === '}') {
      state = 'ended';
      check(partOf(at, own), () => own);
    } else if (line !== '') own.push(line.trim());
  };

  return {
    take: (line) => {
      if (state === 'before') state = line === `${printTableName(table)} {` ? 'in' : 'other';
      else if (state !== 'in') return;
      else if (block) takeInside(block, line);
      else takeOutside(line);
    },
    isKnown: () => state === 'ended',
  };
}

const ELEMENTS = 'elements = {';

/** Up to a comma outside of quotes. */
const ELEMENT = /(?:"[^"]*"|[^",])+/g;

/** The last part of a table with these blocks, in the canonical spelling. */
function respelled(at: string, blocks: readonly string[]): string | undefined {
  const { value, diagnostics } = parse(`table ${at} {\n${blocks.join('\n')}\n}\n`);
  const [table] = value;
  return table && diagnostics.length === 0 ? [...partsOf(table)].at(-1) : undefined;
}

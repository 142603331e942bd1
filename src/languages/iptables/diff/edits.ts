/**
 * diff, part: rules of ours in a chain of others. Each is to stand there once, in the order wanted, and where packets get
 * to it; apart from that it stays where it is, and so do the rules of others, wherever they are.
 */
import type { Family } from '../../../ip.js';
import type { Line } from '../../../text.js';
import { parseRule } from '../parse.js';
import { printRule } from '../print.js';
import type { Chain, Rule, TableName } from '../rules.js';
import { mayPrecede } from './precedence.js';

export interface ChainEdits {
  readonly chain: string;
  /** Our rules as they are, and as they will be; text without `-A CHAIN`, with a leading space. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** To take away first, as they are written; those come back at another place. */
  readonly moved: readonly string[];
  /** One after the other, where each is then to stand, from 1. */
  readonly inserted: readonly { readonly at: number; readonly line: Line }[];
  /** To take away in the end. */
  readonly removed: readonly string[];
}

export interface EditedChain {
  readonly table: TableName;
  /** Our rules in it. */
  readonly chain: Chain;
  /** All rules there are, as iptables-save prints them. */
  readonly lines: readonly string[];
  /** Whether a rule is ours even when it is not wanted. */
  readonly own: (rule: Rule) => boolean;
  readonly family: Family;
}

/** A rule that is there. */
interface Standing {
  /** As written. */
  readonly line: string;
  /** As we would write it. */
  readonly text: string;
  readonly rule: Rule;
  /** Its place among the wanted ones, or -1. */
  readonly wanted: number;
  readonly ours: boolean;
}

/** The edits of one chain, none when all is well. */
export function diffRules({ table, chain, lines, own, family }: EditedChain): readonly ChainEdits[] {
  const wanted = chain.rules().map((rule): Line => ({ text: printRule(rule, family), origin: rule.origin }));
  const places = new Map(wanted.map(({ text }, i) => [text, i]));
  const all = lines.map((line): Standing => {
    const rule = parseRule(line, family);
    const text = printRule(rule, family);
    const place = places.get(text) ?? -1;
    return { line, text, rule, wanted: place, ours: place >= 0 || own(rule) };
  });
  const ours = all.filter((each) => each.ours);
  const kept = keep(table, all);
  if (kept.size === wanted.length && kept.size === ours.length) return [];
  const moved = ours.filter((each) => each.wanted >= 0 && !kept.has(each));
  return [
    {
      chain: chain.name,
      before: ours.map(({ line }) => line),
      after: wanted.map(({ text }) => text),
      moved: moved.map(({ line }) => line),
      inserted: insertions(
        wanted,
        all.filter((each) => !moved.includes(each)),
        kept,
      ),
      removed: ours.filter((each) => each.wanted < 0).map(({ line }) => line),
    },
  ];
}

/**
 * The rules that can stay: packets get to them, and they are in order. Of a rule that is there twice none stays, for
 * `iptables -D` takes the first it finds.
 */
function keep(table: TableName, all: readonly Standing[]): ReadonlySet<Standing> {
  const blocked = all.findIndex(({ ours, rule }) => !ours && !mayPrecede(table, rule));
  const reached = blocked < 0 ? all : all.slice(0, blocked);
  const once = (each: Standing) => all.filter(({ wanted }) => wanted === each.wanted).length === 1;
  return new Set(longestInOrder(reached.filter((each) => each.wanted >= 0 && once(each))));
}

/** The most that can be kept without moving any of them against another. There are four at most. */
function longestInOrder(candidates: readonly Standing[]): readonly Standing[] {
  const ending: (readonly Standing[])[] = [];
  for (const each of candidates) {
    const before = ending.filter((chain) => (chain.at(-1)?.wanted ?? -1) < each.wanted);
    const longest = before.reduce<readonly Standing[]>(
      (best, chain) => (chain.length > best.length ? chain : best),
      [],
    );
    ending.push([...longest, each]);
  }
  return ending.reduce<readonly Standing[]>((best, chain) => (chain.length > best.length ? chain : best), []);
}

/** A missing rule comes right behind the wanted one before it; the first in front of those that stay, else of all. */
function insertions(
  wanted: readonly Line[],
  standing: readonly Standing[],
  kept: ReadonlySet<Standing>,
): ChainEdits['inserted'] {
  const list: (Standing | Line)[] = [...standing];
  const firstKept = list.findIndex((each) => kept.has(each as Standing));
  let at = Math.max(firstKept, 0);
  const inserted: { at: number; line: Line }[] = [];
  const keptByPlace = new Map([...kept].map((each) => [each.wanted, each]));
  for (const [place, line] of wanted.entries()) {
    const there = keptByPlace.get(place);
    if (there) at = list.indexOf(there) + 1;
    else {
      list.splice(at, 0, line);
      at++;
      inserted.push({ at, line });
    }
  }
  return inserted;
}

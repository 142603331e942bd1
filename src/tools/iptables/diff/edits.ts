/**
 * diff, part: rules of ours in a chain of others. Each is to stand there once, in the order wanted, and where packets get
 * to it; apart from that it stays where it is, and so do the rules of others, wherever they are.
 */
import type { Family } from '../../../ip.js';
import type { Line } from '../../../text.js';
import { parseRule } from '../parse.js';
import { printRule } from '../print.js';
import type { Chain, Rule, TableName } from '../types.js';
import { mayPrecede } from './precedence.js';

export interface ChainEdits {
  readonly chain: string;
  /** All its rules, for where ours stand among those of others is part of what they do; text without `-A CHAIN`. */
  readonly lines: readonly EditedLine[];
  /** To take away first, as they are written; those come back at another place. */
  readonly moved: readonly string[];
  /** One after the other, where each is then to stand, from 1. */
  readonly inserted: readonly { readonly at: number; readonly line: Line }[];
  /** To take away in the end. */
  readonly removed: readonly string[];
}

/** A rule that stays, goes or comes; with a leading space. A rule that moves goes and comes. */
export interface EditedLine {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

export interface EditedChain {
  readonly table: TableName;
  /** Our rules in it. */
  readonly chain: Chain;
  /** All rules there are, as iptables-save prints them. */
  readonly lines: readonly string[];
  /** For each of them whether it does less than its line says, so that nothing can be told from that. */
  readonly lookups?: readonly boolean[];
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
  /** Packets may get past it, whatever its line says. */
  readonly lookup: boolean;
}

/** The edits of one chain, none when all is well. */
export function diffRules({ table, chain, lines, lookups = [], own, family }: EditedChain): readonly ChainEdits[] {
  const wanted = chain.rules().map((rule): Line => ({ text: printRule(rule, family), origin: rule.origin }));
  const places = new Map(wanted.map(({ text }, i) => [text, i]));
  const all = lines.map((line, i): Standing => {
    const rule = parseRule(line, family);
    const text = printRule(rule, family);
    const lookup = lookups[i] ?? false;
    const place = lookup ? -1 : (places.get(text) ?? -1);
    return { line, text, rule, wanted: place, ours: place >= 0 || (!lookup && own(rule)), lookup };
  });
  const ours = all.filter((each) => each.ours);
  if (chain.among && isOthersAs(chain.among, all, own, family)) return putBack(chain.name, all, chain.among);
  const kept = keep(table, all);
  if (kept.size === wanted.length && kept.size === ours.length) return [];
  const moved = ours.filter((each) => each.wanted >= 0 && !kept.has(each));
  const removed = ours.filter((each) => each.wanted < 0);
  const standing = all.filter((each) => !moved.includes(each));
  const inserted = insertions(wanted, standing, kept);
  const goes = new Set([...moved, ...removed]);
  return [
    {
      chain: chain.name,
      lines: edited(all, goes, inserted),
      moved: moved.map(({ line }) => line),
      inserted,
      removed: removed.map(({ line }) => line),
    },
  ];
}

/** What becomes of each rule: `goes` are taken away, and places of `inserted` count those of them that go in the end. */
function edited(
  all: readonly Standing[],
  goes: ReadonlySet<Standing>,
  inserted: ChainEdits['inserted'],
): readonly EditedLine[] {
  const moved = all.map((each): EditedLine & { readonly counts: boolean } => {
    const gone = goes.has(each);
    return { kind: gone ? '-' : ' ', text: each.line, counts: !gone || each.wanted < 0 };
  });
  const lines: (EditedLine & { readonly counts: boolean })[] = [...moved];
  for (const { at, line } of inserted) {
    let before = 0;
    let place = 0;
    for (; before < at - 1; place++) if (lines[place]?.counts) before++;
    lines.splice(place, 0, { kind: '+', text: line.text, counts: true });
  }
  return lines.flatMap(({ kind, text }, i) => {
    // One of two that are alike is taken out and put back where it was.
    if (stays(lines[i], lines[i + 1])) return [{ kind: ' ', text }];
    return stays(lines[i - 1], lines[i]) ? [] : [{ kind, text }];
  });
}

function stays(comes: EditedLine | undefined, goes: EditedLine | undefined): boolean {
  return comes?.kind === '+' && goes?.kind === '-' && comes.text === goes.text;
}

/** Whether the rules of others are those of `among`, so that ours have a place between them. */
function isOthersAs(among: readonly string[], all: readonly Standing[], own: EditedChain['own'], family: Family) {
  const then = among.filter((line) => !own(parseRule(line, family)));
  const now = all.filter((each) => !each.ours);
  return then.length === now.length && now.every(({ line }, i) => line === then[i]);
}

/** Our rules to where they were. All are taken out and come again in one commit, so no packet misses them. */
function putBack(chain: string, all: readonly Standing[], among: readonly string[]): readonly ChainEdits[] {
  if (all.length === among.length && all.every(({ line }, i) => line === among[i])) return [];
  const ours = all.filter((each) => each.ours);
  const others = new Set(all.filter((each) => !each.ours).map(({ line }) => line));
  const inserted = among.flatMap((text, i) => (others.has(text) ? [] : [{ at: i + 1, line: { text } }]));
  const lines = edited(all, new Set(ours), inserted);
  return [{ chain, lines, moved: ours.map(({ line }) => line), inserted, removed: [] }];
}

/**
 * The rules that can stay: packets get to them, and they are in order. Of a rule that is there twice none stays, for
 * `iptables -D` takes the first it finds.
 */
function keep(table: TableName, all: readonly Standing[]): ReadonlySet<Standing> {
  const blocked = all.findIndex(({ ours, lookup, rule }) => !ours && !lookup && !mayPrecede(table, rule));
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

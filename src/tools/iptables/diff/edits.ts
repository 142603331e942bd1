/**
 * diff, part: our rules in a foreign chain. Each must stand there once, in the desired order, where packets reach it.
 * Otherwise it stays where it is, and foreign rules are never moved.
 */
import type { Family } from '../../../ip.js';
import type { Line } from '../../../text.js';
import { parseRule } from '../parse.js';
import { printRule } from '../print.js';
import type { Chain, Rule, TableName } from '../types.js';
import { mayPrecede } from './precedence.js';

export interface ChainEdits {
  readonly chain: string;
  /** All rules of the chain, because the position of ours among foreign ones matters; text without `-A CHAIN`. */
  readonly lines: readonly EditedLine[];
  /** To delete first, as they are written; they are inserted again at another place. */
  readonly moved: readonly string[];
  /** To insert one after the other, each at its final position, from 1. */
  readonly inserted: readonly { readonly at: number; readonly line: Line }[];
  /** To delete last. */
  readonly removed: readonly string[];
  /**
   * Where the first of `inserted` is when `removed` are gone, from 1; absent when it is behind all of `removed`, so that
   * those take effect first as long as both are there.
   */
  readonly firstNew?: number | undefined;
}

/** A rule that stays, is deleted or is added; with a leading space. A moved rule is deleted and added. */
export interface EditedLine {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

export interface EditedChain {
  readonly table: TableName;
  /** Our rules for it. */
  readonly chain: Chain;
  /** All its observed rules, as iptables-save prints them. */
  readonly lines: readonly string[];
  /** For each line, whether nft knows more conditions than the line shows, so that the line proves nothing. */
  readonly lookups?: readonly boolean[];
  /** Whether a rule is ours even when it is not desired. */
  readonly own: (rule: Rule) => boolean;
  readonly family: Family;
}

/** An observed rule. */
interface Standing {
  /** As written. */
  readonly line: string;
  /** As we would write it. */
  readonly text: string;
  readonly rule: Rule;
  /** Its index among the desired rules, or -1. */
  readonly desired: number;
  readonly ours: boolean;
  /** Packets may get past it whatever its line says, because of a condition that iptables-save does not show. */
  readonly lookup: boolean;
}

/** The edits of one chain; none when it is as desired. */
export function diffRules({ table, chain, lines, lookups = [], own, family }: EditedChain): readonly ChainEdits[] {
  const desired = chain.rules().map((rule): Line => ({ text: printRule(rule, family), origin: rule.origin }));
  const places = new Map(desired.map(({ text }, i) => [text, i]));
  const all = lines.map((line, i): Standing => {
    const rule = parseRule(line, family);
    const text = printRule(rule, family);
    const lookup = lookups[i] ?? false;
    const place = lookup ? -1 : (places.get(text) ?? -1);
    return { line, text, rule, desired: place, ours: place >= 0 || (!lookup && own(rule)), lookup };
  });
  const ours = all.filter((each) => each.ours);
  if (chain.among && isOthersAs(chain.among, all, own, family)) return putBack(chain.name, all, chain.among);
  const kept = keep(table, all);
  if (kept.size === desired.length && kept.size === ours.length) return [];
  const moved = ours.filter((each) => each.desired >= 0 && !kept.has(each));
  const removed = ours.filter((each) => each.desired < 0);
  const standing = all.filter((each) => !moved.includes(each));
  const inserted = insertions(desired, standing, kept);
  const [{ at: first } = { at: standing.length + 1 }] = inserted;
  const goneBefore = standing.slice(0, first - 1).filter((each) => removed.includes(each)).length;
  const goes = new Set([...moved, ...removed]);
  return [
    {
      chain: chain.name,
      lines: edited(all, goes, inserted),
      moved: moved.map(({ line }) => line),
      inserted,
      removed: removed.map(({ line }) => line),
      ...(goneBefore < removed.length && { firstNew: first - goneBefore }),
    },
  ];
}

/**
 * The lines with their marks. `goes` are deleted; positions of `inserted` count those of them that are deleted last.
 */
function edited(
  all: readonly Standing[],
  goes: ReadonlySet<Standing>,
  inserted: ChainEdits['inserted'],
): readonly EditedLine[] {
  const moved = all.map((each): EditedLine & { readonly counts: boolean } => {
    const gone = goes.has(each);
    return { kind: gone ? '-' : ' ', text: each.line, counts: !gone || each.desired < 0 };
  });
  const lines: (EditedLine & { readonly counts: boolean })[] = [...moved];
  for (const { at, line } of inserted) {
    let before = 0;
    let place = 0;
    for (; before < at - 1; place++) if (lines[place]?.counts) before++;
    lines.splice(place, 0, { kind: '+', text: line.text, counts: true });
  }
  return lines.flatMap(({ kind, text }, i) => {
    // A rule deleted and inserted at the same place stays.
    if (stays(lines[i], lines[i + 1])) return [{ kind: ' ', text }];
    return stays(lines[i - 1], lines[i]) ? [] : [{ kind, text }];
  });
}

function stays(comes: EditedLine | undefined, goes: EditedLine | undefined): boolean {
  return comes?.kind === '+' && goes?.kind === '-' && comes.text === goes.text;
}

/** Whether the foreign rules are still those of `among`, so that the old positions of ours apply. */
function isOthersAs(among: readonly string[], all: readonly Standing[], own: EditedChain['own'], family: Family) {
  const then = among.filter((line) => !own(parseRule(line, family)));
  const now = all.filter((each) => !each.ours);
  return then.length === now.length && now.every(({ line }, i) => line === then[i]);
}

/** Puts our rules back to their old positions. One commit deletes and inserts all of them, so no packet misses them. */
function putBack(chain: string, all: readonly Standing[], among: readonly string[]): readonly ChainEdits[] {
  if (all.length === among.length && all.every(({ line }, i) => line === among[i])) return [];
  const ours = all.filter((each) => each.ours);
  const others = new Set(all.filter((each) => !each.ours).map(({ line }) => line));
  const inserted = among.flatMap((text, i) => (others.has(text) ? [] : [{ at: i + 1, line: { text } }]));
  const lines = edited(all, new Set(ours), inserted);
  return [{ chain, lines, moved: ours.map(({ line }) => line), inserted, removed: [] }];
}

/**
 * The rules that can stay: packets reach them, and they are in order. Duplicates cannot stay, because `iptables -D`
 * deletes the first one that it finds.
 */
function keep(table: TableName, all: readonly Standing[]): ReadonlySet<Standing> {
  const blocked = all.findIndex(({ ours, lookup, rule }) => !ours && !lookup && !mayPrecede(table, rule));
  const reached = blocked < 0 ? all : all.slice(0, blocked);
  const once = (each: Standing) => all.filter(({ desired }) => desired === each.desired).length === 1;
  return new Set(longestInOrder(reached.filter((each) => each.desired >= 0 && once(each))));
}

/** The longest subsequence that is in order. There are at most four rules. */
function longestInOrder(candidates: readonly Standing[]): readonly Standing[] {
  const ending: (readonly Standing[])[] = [];
  for (const each of candidates) {
    const before = ending.filter((chain) => (chain.at(-1)?.desired ?? -1) < each.desired);
    const longest = before.reduce<readonly Standing[]>(
      (best, chain) => (chain.length > best.length ? chain : best),
      [],
    );
    ending.push([...longest, each]);
  }
  return ending.reduce<readonly Standing[]>((best, chain) => (chain.length > best.length ? chain : best), []);
}

/**
 * A missing rule goes right behind its desired predecessor; the first goes before the rules that stay, or to the top.
 */
function insertions(
  desired: readonly Line[],
  standing: readonly Standing[],
  kept: ReadonlySet<Standing>,
): ChainEdits['inserted'] {
  const list: (Standing | Line)[] = [...standing];
  const firstKept = list.findIndex((each) => kept.has(each as Standing));
  let at = Math.max(firstKept, 0);
  const inserted: { at: number; line: Line }[] = [];
  const keptByPlace = new Map([...kept].map((each) => [each.desired, each]));
  for (const [place, line] of desired.entries()) {
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

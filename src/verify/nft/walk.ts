/**
 * walk: the rules of nftables that packets to one destination can reach, chain by chain from the base chains.
 */
import { isLocal, type NodeRules } from '../../packet/node.js';
import { ruleContext } from '../../tools/nft/print-rule.js';
import { type Rule, type Statement, sees } from '../../tools/nft/types.js';
import { digest } from '../digest.js';
import { mayHave, roleOf } from './roles.js';
import { setsIn } from './sets.js';
import { elementsOf, type Meeting, type NftGround, textOf, type Walk } from './texts.js';

export function nftGroundsOf({ nftTables = [] }: NodeRules): readonly NftGround[] {
  return nftTables.map((table) => ({
    table,
    context: ruleContext(table),
    chains: new Map(table.chains.map((chain) => [chain.name, chain])),
    sets: setsIn(table),
  }));
}

/** Adds the content of the base chains that packets can reach to `parts`. */
export function walkNft(grounds: readonly NftGround[], meeting: Meeting, parts: string[]): void {
  for (const ground of grounds) {
    const { table } = ground;
    if (!sees(table, meeting.known.destination.family)) continue;
    const memo = new Map<string, string>();
    const content = (name: string, depth: number) => contentOf(walk, memo, name, depth);
    const walk: Walk = { ...meeting, ground, content, family: meeting.known.destination.family };
    for (const chain of table.chains) {
      const { base } = chain;
      const found = base ? content(chain.name, 0) : '';
      if (base && (found !== '' || base.policy === 'drop'))
        parts.push(`nft ${base.type} ${base.hook} ${base.priority} ${base.policy} ${found}`);
    }
  }
}

/** The kernel allows 16 jumps. */
const DEEPEST = 64;

/** A digest of the rules of a chain that packets can reach; `''` if there are none. */
function contentOf(walk: Walk, memo: Map<string, string>, name: string, depth: number): string {
  const before = memo.get(name);
  if (before !== undefined) return before;
  const chain = walk.ground.chains.get(name);
  if (!chain || depth > DEEPEST) {
    walk.unknown.push(`no chain ${name}`);
    return `no ${name}`;
  }
  const texts = chain.rules().flatMap((rule) => textsOf(walk, rule, depth));
  const content = texts.length === 0 ? '' : digest(texts.join('\n'));
  memo.set(name, content);
  return content;
}

/** The rule without comments and names of chains and sets; nothing if packets cannot reach its end, or it has no effect. */
function textsOf(walk: Walk, { statements }: Rule, depth: number): readonly string[] {
  if (!statements.every((statement) => mayPass(walk, statement))) return [];
  const texts = statements.flatMap((statement) => textOf(walk, statement, depth));
  // A jump to a chain without reachable rules has no effect; neither have conditions alone.
  return texts.some(({ acts }) => acts) ? [texts.map(({ text }) => text).join(' ')] : [];
}

function mayPass({ known, node, ground }: Walk, statement: Statement): boolean {
  switch (statement.kind) {
    case 'match': {
      const { left, operator, values } = statement;
      if (left.kind === 'fib' && left.flags.join() === 'daddr' && values.join() === 'local')
        return isLocal(node, known.destination) === (operator === '==');
      if (operator === '==') return mayHave(left, values, known);
      return (
        operator !== '!=' || roleOf(left) !== 'destination' || !values.some((each) => each === known.destination.text)
      );
    }
    case 'lookup': {
      const set = ground.sets(statement.set);
      if (!set || set.isDynamic || statement.not) return true;
      return set.candidates(statement.left, known).length > 0;
    }
    case 'vmap':
      return elementsOf(statement, { known, ground })?.length !== 0;
    default:
      return true;
  }
}

/**
 * A rule → text, as nft lists it.
 */
import { inKeyOrder } from './key-order.js';
import { listed } from './listed.js';
import { merged } from './merged.js';
import { BARE_META, defaultReject, duration, hex, quote } from './spelling.js';
import type {
  Expression,
  MapReference,
  NatTarget,
  NftFamily,
  Operator,
  Rule,
  Statement,
  Table,
  Verdict,
} from './types.js';

/** What the text of a rule depends on beside the rule. */
export interface RuleContext {
  readonly family: NftFamily;
  /** Named maps with addresses and ports. */
  readonly pairs: ReadonlySet<string>;
}

/** The context of a table's rules. */
export function ruleContext({ family, sets }: Pick<Table, 'family' | 'sets'>): RuleContext {
  return { family, pairs: new Set(sets.filter(({ data }) => data?.includes(' . ')).map(({ name }) => name)) };
}

/** A rule on one line: `ct state new jump services comment "x"`. */
export function printRule({ statements, comment }: Rule, context: RuleContext): string {
  const texts = listed(statements).map((statement) => printStatement(statement, context));
  return [...texts, ...(comment === undefined ? [] : [`comment ${quote(comment)}`])].join(' ');
}

/** `goto services` */
function printVerdict(verdict: Verdict): string {
  return 'chain' in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

/** One statement of a rule. */
export function printStatement(statement: Statement, context: RuleContext): string {
  switch (statement.kind) {
    case 'match':
      return printMatch(statement);
    case 'lookup':
      return `${printExpression(statement.left)} ${statement.not ? '!= ' : ''}@${statement.set}`;
    case 'vmap':
      return `${printExpression(statement.key)} vmap ${printMap(statement.map)}`;
    case 'verdict':
      return printVerdict(statement.verdict);
    case 'mark':
      return `${statement.target} mark set ${markValue(statement)}`;
    case 'masquerade':
      return words('masquerade', statement.ports === undefined ? '' : `to :${statement.ports}`, flags(statement.flags));
    case 'redirect':
      return words('redirect', statement.port === undefined ? '' : `to :${statement.port}`, flags(statement.flags));
    case 'dnat':
    case 'snat':
      return words(statement.kind, printTarget(statement.to, context), flags(statement.flags));
    case 'reject':
      return statement.with === undefined || statement.with === defaultReject(context.family)
        ? 'reject'
        : `reject with ${statement.with}`;
    case 'set':
      return printSetStatement(statement);
    case 'notrack':
      return 'notrack';
    case 'neutral':
    case 'unknown':
      return statement.text;
  }
}

function words(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}

function flags(names: readonly string[]): string {
  return names.join(',');
}

function printMatch({ left, operator, values }: Extract<Statement, { kind: 'match' }>): string {
  const implied = operator === '==' && !isMasked(left);
  return words(printExpression(left), implied ? '' : operator, printValues(left, operator, values));
}

function isMasked(left: Expression): boolean {
  return left.kind === 'masked' || (left.kind === 'unknown' && left.text.includes(' & '));
}

function printValues(left: Expression, operator: Operator, values: readonly string[]): string {
  if (isFlags(left) && (operator === '==' || operator === '!' || values.length === 1)) return values.join(',');
  const kept = merged(values);
  // A set of concatenations stays one, however few it has.
  if (kept.length === 1 && left.kind !== 'concat') return kept.join();
  return `{ ${kept.join(', ')} }`;
}

/** Whether the values are flags, of which one must be set. */
export function isFlags(left: Expression): boolean {
  return left.kind === 'ct' && (left.key === 'state' || left.key === 'status');
}

/** nft writes (mark & mask) ^ xor as `&`, `^` and `|`, each only where it does something. */
function markValue({ target, from = target, mask, xor }: Extract<Statement, { kind: 'mark' }>): string {
  if (mask === 0) return hex(xor);
  const set = (xor & ~mask) >>> 0;
  const flipped = (xor & mask) >>> 0;
  const kept = (mask | set) >>> 0;
  return words(
    `${from} mark`,
    kept === 0xffffffff ? '' : `& ${hex(kept)}`,
    flipped === 0 ? '' : `^ ${hex(flipped)}`,
    set === 0 ? '' : `| ${hex(set)}`,
  );
}

function printTarget(to: NatTarget, context: RuleContext): string {
  if (to.kind === 'unknown') return to.text;
  if (to.kind === 'address') {
    const { ip = '', port } = to;
    const host = port !== undefined && ip.includes(':') ? `[${ip}]` : ip;
    const family = context.family === 'inet' && ip !== '' ? (ip.includes(':') ? 'ip6' : 'ip') : '';
    return words(family, `to ${host}${port === undefined ? '' : `:${port}`}`);
  }
  const pairs =
    to.map.kind === 'named' ? context.pairs.has(to.map.name) : to.map.entries.some(({ data }) => data.includes(' . '));
  const key = printExpression(to.key);
  const family = context.family === 'inet' ? (/\bip6\b/.test(key) ? 'ip6' : 'ip') : context.family;
  const port = to.port ? `:${printExpression(to.port.key)} map ${printMap(to.port.map)}` : '';
  return words(pairs || context.family === 'inet' ? family : '', `to ${key} map ${printMap(to.map)}${port}`);
}

function printMap(map: MapReference): string {
  if (map.kind === 'named') return `@${map.name}`;
  return `{ ${inKeyOrder(map.entries, ({ key }) => key)
    .map(({ key, data }) => `${key} : ${data}`)
    .join(', ')} }`;
}

function printSetStatement({ operation, set, key, timeout, data }: Extract<Statement, { kind: 'set' }>): string {
  const lifetime = timeout === undefined ? '' : `timeout ${duration(timeout)}`;
  return words(operation, `@${set}`, '{', printExpression(key), lifetime, data === undefined ? '' : `: ${data}`, '}');
}

/** `ip daddr . meta l4proto . th dport` */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'payload':
      return `${expression.header} ${expression.field}`;
    case 'meta':
      return BARE_META.has(expression.key) ? expression.key : `meta ${expression.key}`;
    case 'ct':
      return words('ct', expression.direction ?? '', expression.key);
    case 'fib':
      return `fib ${expression.flags.join(' . ')} ${expression.result}`;
    case 'numgen': {
      const { mode, mod, offset } = expression;
      return `numgen ${mode} mod ${mod}${offset === 0 ? '' : ` offset ${offset}`}`;
    }
    case 'concat':
      return expression.parts.map(printExpression).join(' . ');
    case 'masked':
      return `${printExpression(expression.of)} & ${printMask(expression)}`;
    case 'unknown':
      return expression.text;
  }
}

function printMask({ of, mask }: Extract<Expression, { kind: 'masked' }>): string {
  return isMark(of) ? hex(mask) : `${mask}`;
}

/** Whether the expression is the flags of TCP. */
export function isTcpFlags(expression: Expression): boolean {
  return expression.kind === 'payload' && expression.header === 'tcp' && expression.field === 'flags';
}

/** Whether the expression is a packet's or a connection's mark, whose values nft writes in hexadecimal. */
export function isMark(expression: Expression): boolean {
  return (expression.kind === 'meta' || expression.kind === 'ct') && expression.key === 'mark';
}

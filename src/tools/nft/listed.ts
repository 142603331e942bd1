/**
 * What nft leaves out of a rule, or names another way, because other statements of the rule say it.
 */
import type { Expression, Statement } from './types.js';

/**
 * The statements that nft lists: it leaves out a match of the protocol that a field implies, as `meta l4proto tcp` before
 * `tcp dport 80`, unless a statement that acts stands between them. Once the protocol is known, fields of `th` are its own.
 */
export function listed(rule: readonly Statement[]): readonly Statement[] {
  const statements = withProtocol(rule);
  return statements.filter((statement, i) => {
    const protocol = matchedProtocol(statement);
    if (protocol === undefined) return true;
    const later = statements.slice(i + 1);
    const acts = later.findIndex(({ kind }) => kind !== 'match' && kind !== 'lookup' && kind !== 'vmap');
    const near = acts < 0 ? later : later.slice(0, acts + 1);
    return !near.some((each) => usesHeader(each, protocol));
  });
}

function withProtocol(statements: readonly Statement[]): readonly Statement[] {
  let protocol: string | undefined;
  return statements.map((statement) => {
    const found = matchedProtocol(statement) ?? PORTED.find((header) => usesHeader(statement, header));
    const named = protocol === undefined ? statement : ofProtocol(statement, protocol);
    if (found !== undefined && PORTED.includes(found)) protocol = found;
    return named;
  });
}

/** Protocols with the fields of `th`. */
const PORTED: readonly string[] = ['tcp', 'udp', 'sctp', 'dccp', 'udplite'];

function ofProtocol(statement: Statement, protocol: string): Statement {
  const own = (expression: Expression): Expression => {
    if (expression.kind === 'concat') return { ...expression, parts: expression.parts.map(own) };
    if (expression.kind === 'masked') return { ...expression, of: own(expression.of) };
    return expression.kind === 'payload' && expression.header === 'th'
      ? { ...expression, header: protocol }
      : expression;
  };
  switch (statement.kind) {
    case 'match':
    case 'lookup':
      return { ...statement, left: own(statement.left) };
    case 'vmap':
    case 'set':
      return { ...statement, key: own(statement.key) };
    case 'dnat':
    case 'snat':
      return statement.to.kind === 'map'
        ? { ...statement, to: { ...statement.to, key: own(statement.to.key) } }
        : statement;
    default:
      return statement;
  }
}

function matchedProtocol(statement: Statement): string | undefined {
  if (statement.kind !== 'match' || statement.operator !== '==' || statement.values.length !== 1) return undefined;
  const { left } = statement;
  return left.kind === 'meta' && left.key === 'l4proto' ? statement.values[0] : undefined;
}

function usesHeader(statement: Statement, header: string): boolean {
  return expressions(statement).some((expression) => hasHeader(expression, header));
}

function expressions(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'match':
    case 'lookup':
      return [statement.left];
    case 'vmap':
    case 'set':
      return [statement.key];
    case 'dnat':
    case 'snat':
      return statement.to.kind === 'map'
        ? [statement.to.key, ...(statement.to.port ? [statement.to.port.key] : [])]
        : [];
    default:
      return [];
  }
}

function hasHeader(expression: Expression, header: string): boolean {
  if (expression.kind === 'concat') return expression.parts.some((part) => hasHeader(part, header));
  if (expression.kind === 'masked') return hasHeader(expression.of, header);
  return expression.kind === 'payload' && expression.header === header;
}

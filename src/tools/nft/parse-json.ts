/**
 * parse-json: `nft -j list …` → the same tables as from a listing. Statements are written as nft lists them and read by
 * the parser of listings; one that is not known stays JSON.
 *
 * 1.0.6 leaves things out: comments of tables, chains and sets, devices, `dynamic`, `auto-merge`, parts of a second, and
 * what typeof named. What must compare is therefore read from listings.
 */
import { type Checked, show } from '../../diag.js';
import { readSet } from './json/set.js';
import { statementText } from './json/statement.js';
import { type Data, isData, NotListed, properties } from './json/value.js';
import { Fault } from './listing/cursor.js';
import { readRule } from './listing/rule.js';
import { isFamily, isHook, isType, readAnonymous } from './listing/table.js';
import { tokens } from './listing/tokens.js';
import type { BaseChain, Chain, NamedSet, Rule, Statement, Table } from './types.js';

/** The objects of `nft -j`, each with its one name: `{"rule": …}`; undefined for any other text. */
export function readItems(text: string): readonly Data[] | undefined {
  try {
    const list = properties(JSON.parse(text))['nftables'];
    return Array.isArray(list) && list.every(isData) ? list : undefined;
  } catch {
    return undefined;
  }
}

interface Draft extends Table {
  readonly sets: NamedSet[];
  readonly chains: (Chain & { readonly list: Rule[] })[];
  readonly others: string[];
}

/** The tables of a text; also those that only their chains or sets name, as in `nft -j list chain`. */
export function parseJson(text: string): Checked<readonly Table[]> {
  const items = readItems(text);
  try {
    return items ? { value: tablesOf(items), diagnostics: [] } : unreadable(show(text));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return unreadable('it is nested too deeply');
  }
}

function unreadable(why: string): Checked<readonly Table[]> {
  const message = `not what nft --json prints: ${why}`;
  return { value: [], diagnostics: [{ code: 'unreadable-json', severity: 'error', message }] };
}

function tablesOf(items: readonly Data[]): readonly Table[] {
  const tables = new Map<string, Draft>();
  for (const item of items) {
    for (const [kind, value] of Object.entries(item))
      if (isData(value) && kind !== 'metainfo') readItem(tables, kind, value);
  }
  return [...tables.values()].map(finished);
}

function finished({ chains, others, ...table }: Draft): Table {
  return {
    ...table,
    chains: chains.map(({ list, ...chain }) => ({ ...chain, rules: () => list })),
    ...(others.length === 0 ? {} : { others }),
  };
}

function readItem(tables: Map<string, Draft>, kind: string, of: Data): void {
  const table = tableOf(tables, kind, of);
  if (!table) return;
  if (kind === 'set' || kind === 'map') table.sets.push(readSet(kind, of));
  else if (kind === 'chain') table.chains.push(readChain(of));
  else if (kind === 'rule') {
    table.chains.find(({ name }) => name === of['chain'])?.list.push(readJsonRule(of, table));
  } else if (kind !== 'table' && kind !== 'element') {
    const { family: _, table: __, handle: ___, ...properties } = of;
    table.others.push(JSON.stringify({ [kind]: properties }));
  }
}

function tableOf(tables: Map<string, Draft>, kind: string, of: Data): Draft | undefined {
  const { family, name, table = name, comment } = of;
  if (!isFamily(family) || typeof table !== 'string') return undefined;
  const known = tables.get(`${family} ${table}`);
  if (known) return known;
  const note = kind === 'table' && typeof comment === 'string' ? { comment } : {};
  const made: Draft = { family, name: table, ...note, sets: [], chains: [], others: [] };
  tables.set(`${family} ${table}`, made);
  return made;
}

function readChain(of: Data): Draft['chains'][number] {
  const list: Rule[] = [];
  const base = readBase(of);
  return {
    name: String(of['name']),
    ...(base ? { base } : {}),
    ...(typeof of['comment'] === 'string' ? { comment: of['comment'] } : {}),
    rules: () => list,
    list,
  };
}

function readBase({ type, hook, prio, policy, dev }: Data): BaseChain | undefined {
  if (!isType(type) || !isHook(hook) || typeof prio !== 'number') return undefined;
  const names = dev === undefined ? [] : [dev].flat().map((name) => `"${name}"`);
  const device = names.length > 1 ? `devices = { ${names.join(' , ')} }` : names[0];
  const on = device === undefined ? {} : { device };
  return { type, hook, priority: prio, policy: policy === 'drop' ? 'drop' : 'accept', ...on };
}

function readJsonRule({ chain, expr, comment, handle }: Data, { family, chains }: Draft): Rule {
  const list: readonly unknown[] = Array.isArray(expr) ? expr : [];
  const statements = list.map((each) => anonymousJump(each, { family, chains }, String(chain)) ?? wordsOf(each));
  const known = statements.every((each) => typeof each !== 'string');
  return {
    statements: known
      ? readRule(statements.flat(), family).statements
      : statements.flatMap((each): readonly Statement[] =>
          typeof each === 'string' ? [{ kind: 'unknown', text: each }] : readRule(each, family).statements,
        ),
    ...(typeof comment === 'string' ? { comment } : {}),
    ...(typeof handle === 'number' ? { handle } : {}),
  };
}

/** nft has no JSON for `jump { … }` and writes it as it lists it; the chain is added to those of the table. */
function anonymousJump(statement: unknown, { family, chains }: Pick<Draft, 'family' | 'chains'>, parent: string) {
  const [, verdict] = /^(jump|goto) \{/.exec(String(statement)) ?? [];
  if (verdict === undefined) return undefined;
  const text = String(statement);
  const read: Chain[] = [...chains];
  try {
    const name = readAnonymous({ text, tokens: tokens(text), at: 1 }, { family, chains: read }, parent);
    for (const chain of read.slice(chains.length)) chains.push({ ...chain, list: [...chain.rules()] });
    return [verdict, name];
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return undefined;
  }
}

/** The words of a statement in a listing; its JSON where none are known. */
function wordsOf(statement: unknown): readonly string[] | string {
  try {
    // What nft cannot write as JSON it writes as it lists it.
    return tokens(typeof statement === 'string' ? statement : statementText(statement)).map(({ text }) => text);
  } catch (error) {
    if (error instanceof NotListed) return JSON.stringify(statement);
    throw error;
  }
}

/**
 * Tables of nftables as the commands that load them, and those that lead from one to another. kube-proxy's commands are
 * as it sends them: Service by Service, with one element in each.
 */
import { printChainHead, printElement, printSetHead, printTableName } from '../src/tools/nft/print.js';
import { printRule, type RuleContext, ruleContext } from '../src/tools/nft/print-rule.js';
import type { Chain, Element, NamedSet, Table } from '../src/tools/nft/types.js';

/** Elements in a command of vipc; more in one make nft no faster. */
const ELEMENTS = 1000;

/** How a proxy sends commands. */
export type Sender = 'kube-proxy' | 'vipc';

/** The commands that load `table`, a line each. */
export function loading(table: Table, sender: Sender): string {
  const empty = { ...table, sets: [], chains: [] };
  return `add ${printTableName(table)}\n${changing(empty, table, sender)}`;
}

/** The commands that lead from `before` to `after`. */
export function changing(before: Table, after: Table, sender: Sender): string {
  const name = printTableName(after).replace('table ', '');
  const context = ruleContext(after);
  const [oldSets, newSets] = [byName(before.sets), byName(after.sets)];
  const [oldChains, newChains] = [byName(before.chains), byName(after.chains)];
  const changes = after.sets.map((set) => elementsOf(oldSets.get(set.name), set));
  const per = sender === 'kube-proxy' ? 1 : ELEMENTS;
  const added = after.sets.flatMap((set, i) => addedElements(name, set, changes[i]?.added ?? [], per));
  const sent = after.chains.filter((chain) => rulesOf(chain, context) !== rulesOf(oldChains.get(chain.name), context));
  const chains = sent.map((chain) => ({ chain, commands: chainCommands(name, chain, context) }));
  return [
    ...after.sets.filter((set) => !oldSets.has(set.name)).map((set) => setCommand(name, set)),
    ...after.sets.flatMap((set, i) => elementCommands('delete', name, set.name, changes[i]?.deleted ?? [], per)),
    ...chains.map(({ chain }) => addChain(name, chain, after)),
    ...(sender === 'kube-proxy'
      ? byService(chains, added)
      : [...chains.flatMap(text), ...added.map(({ line }) => line)]),
    ...before.chains.filter((chain) => !newChains.has(chain.name)).map((chain) => `flush chain ${name} ${chain.name}`),
    ...before.chains.filter((chain) => !newChains.has(chain.name)).map((chain) => `delete chain ${name} ${chain.name}`),
    ...before.sets.filter((set) => !newSets.has(set.name)).map((set) => `delete ${set.kind} ${name} ${set.name}`),
    '',
  ].join('\n');
}

interface Added {
  readonly line: string;
  readonly service: string;
  /** Elements of dispatch maps come last, as they refer to the rest. */
  readonly last: boolean;
}

interface ChainCommands {
  readonly chain: Chain;
  readonly commands: readonly string[];
}

const text = ({ commands }: ChainCommands) => commands;

/** First what no Service has, then Service by Service its chains and elements. */
function byService(chains: readonly ChainCommands[], added: readonly Added[]): readonly string[] {
  const services = new Map<string, string[]>([['', []]]);
  const of = (service: string) => {
    const found = services.get(service) ?? [];
    services.set(service, found);
    return found;
  };
  for (const { chain, commands } of chains) of(serviceOf(chain)).push(...commands);
  for (const { line, service } of added) of(service).push(line);
  return [...services.values()].flat();
}

function serviceOf({ owner }: Pick<Element, 'owner'>): string {
  return owner ? `${owner.namespace}/${owner.service}` : '';
}

function addedElements(table: string, set: NamedSet, elements: readonly Element[], per: number): readonly Added[] {
  const last = set.data === 'verdict';
  const lines = elementCommands('add', table, set.name, elements, per);
  return lines.map((line, i) => ({ line, last, service: per === 1 ? serviceOf(elements[i] ?? {}) : '' }));
}

function elementCommands(
  verb: string,
  table: string,
  set: string,
  elements: readonly Element[],
  per: number,
): readonly string[] {
  return Array.from({ length: Math.ceil(elements.length / per) }, (_, i) => {
    const some = elements.slice(i * per, (i + 1) * per);
    const list = some.map((element) => (verb === 'add' ? printElement(element) : element.key)).join(', ');
    return `${verb} element ${table} ${set} { ${list} }`;
  });
}

function elementsOf(before: NamedSet | undefined, after: NamedSet) {
  const old = new Map([...(before?.elements() ?? [])].map((element) => [element.key, element]));
  const all = [...after.elements()];
  const added = all.filter((element) => old.get(element.key)?.data !== element.data || !old.has(element.key));
  const kept = new Set(all.map(({ key }) => key));
  const changed = new Set(added.map(({ key }) => key));
  return { added, deleted: [...old.values()].filter(({ key }) => !kept.has(key) || changed.has(key)) };
}

function setCommand(table: string, set: NamedSet): string {
  return `add ${set.kind} ${table} ${set.name} { ${printSetHead(set).join(' ; ')} ; }`;
}

function addChain(table: string, chain: Chain, { family }: Table): string {
  const head = printChainHead(chain, family).map((part) => (part.endsWith(';') ? part : `${part} ;`));
  return `add chain ${table} ${chain.name}${head.length === 0 ? '' : ` { ${head.join(' ')} }`}`;
}

function chainCommands(table: string, chain: Chain, context: RuleContext): readonly string[] {
  const rules = chain.rules().map((rule) => `add rule ${table} ${chain.name} ${printRule(rule, context)}`);
  return [`flush chain ${table} ${chain.name}`, ...rules];
}

function rulesOf(chain: Chain | undefined, context: RuleContext): string | undefined {
  return chain
    ?.rules()
    .map((rule) => printRule(rule, context))
    .join('\n');
}

function byName<T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((each) => [each.name, each]));
}

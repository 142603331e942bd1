/**
 * script, part: the order in which chains are written when they do not fit into one commit.
 */
import type { ChainDiff } from '../diff.js';

/**
 * `chains`, each behind those it leads to; a chain to delete is taken as it was. As they came when they are no more than
 * `enough`, for within a commit all are declared before any rule.
 */
export function calleesFirst<T extends ChainDiff>(chains: readonly T[], enough: number): T[] {
  if (chains.length <= enough) return [...chains];
  const waiting = new Map(chains.map((chain) => [chain.name, chain]));
  const ordered: T[] = [];
  const visit = (chain: T): void => {
    waiting.delete(chain.name);
    for (const text of chain.after?.map((line) => line.text) ?? chain.before ?? []) {
      const callee = waiting.get(TARGET.exec(text)?.[1] ?? '');
      if (callee) visit(callee);
    }
    ordered.push(chain);
  };
  for (const chain of chains) if (waiting.has(chain.name)) visit(chain);
  return ordered;
}

const TARGET = / -[jg] (\S+)$/;

/**
 * script, part: the order in which chains are written when they do not fit into one commit.
 */
import type { ChainDiff } from '../diff.js';

/**
 * `chains`, each after those it leads to; for a deleted chain, its old rules count. Unchanged when there are no more
 * than `enough`, because a single commit declares all chains before any rule.
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

/**
 * show: the rules that exist for one Service.
 */
import type { Owner } from '../../owner.js';
import type { Shown } from '../tool.js';
import { linesOf } from './print.js';
import type { Chain, RuleSet } from './types.js';

/** By chain: the Service's own chains in full, and its rules in shared chains. */
export function showChains({ family, tables }: RuleSet, owns: (owner: Owner) => boolean): readonly Shown[] {
  const program = family === 'ipv4' ? 'iptables' : 'ip6tables';
  return tables.flatMap(({ name, chains }) =>
    chains.map((chain) => [`### ${program} ${name} ${chain.name}`, ...shown(chain)]),
  );

  function shown(chain: Chain): readonly string[] {
    const { owner } = chain;
    const own = owner !== undefined && owns(owner);
    // Another Service's chain: computing its rules only to skip them would be slow.
    if (!own && owner !== undefined) return [];
    const lines = linesOf(chain, family)
      .filter((line) => own || (line.owner !== undefined && owns(line.owner)))
      .map(({ text }) => `-A ${chain.name}${text}`);
    return own ? [`:${chain.name} - [0:0]`, ...lines] : lines;
  }
}

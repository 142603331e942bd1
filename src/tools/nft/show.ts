/**
 * show: the chains and elements that exist for one Service.
 */
import type { Owner } from '../../owner.js';
import type { Shown } from '../tool.js';
import { printElement, printSetHead } from './print.js';
import { printRule, ruleContext } from './print-rule.js';
import type { Table } from './types.js';

/** The Service's own chains and sets, and its elements of shared ones. */
export function showTable(table: Table, owns: (owner: Owner) => boolean): readonly Shown[] {
  const { family, name, sets, chains } = table;
  const context = ruleContext(table);
  const isOwn = ({ owner }: { readonly owner?: Owner }) => owner !== undefined && owns(owner);
  const heading = (kind: string, of: string) => `### nft ${kind} ${family} ${name} ${of}`;
  return [
    ...sets.map((set) => [
      heading(set.kind, set.name),
      ...(isOwn(set) ? printSetHead(set) : []),
      ...[...set.elements()].filter(isOwn).map(printElement),
    ]),
    ...chains.map((chain) => [
      heading('chain', chain.name),
      // Another Service's chain: computing its rules only to skip them would be slow.
      ...(chain.owner && !isOwn(chain) ? [] : chain.rules())
        .filter((rule) => isOwn(chain) || isOwn(rule))
        .map((rule) => printRule(rule, context)),
    ]),
  ];
}

/**
 * Tables → the text of a file that nft loads, and the same as data for JSON.
 */
import { type JsonObject, streamed } from '../../json.js';
import { joined, type Text } from '../../text.js';
import {
  printChainHead,
  printElement,
  printSetHead,
  printTableName,
  print as printTables,
} from '../../tools/nft/print.js';
import { printRule, ruleContext } from '../../tools/nft/print-rule.js';
import type { Table } from '../../tools/nft/types.js';

/** The table as nft lists it, after commands by which it replaces the one that is there, in the same transaction. */
export function print(table: Table): Text {
  const name = printTableName(table);
  return joined([[{ text: `add ${name}` }, { text: `delete ${name}` }], printTables([table])]);
}

/** The table as data; its rules as texts. */
export function toData(table: Table): JsonObject {
  const { family, name, comment, sets, chains } = table;
  const context = ruleContext(table);
  return {
    family,
    name,
    comment,
    sets: streamed(() =>
      sets.map((set) => ({
        kind: set.kind,
        name: set.name,
        properties: printSetHead(set),
        elements: [...set.elements()].map(printElement),
      })),
    ),
    chains: streamed(() =>
      chains.map((chain) => ({
        name: chain.name,
        properties: printChainHead(chain, family),
        rules: chain.rules().map((rule) => printRule(rule, context)),
      })),
    ),
  };
}

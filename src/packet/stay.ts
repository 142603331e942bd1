/**
 * stay: the rules of a node → for how long its affinity lists keep a client. The evaluator says which list has the client
 * (Flow.affinity); the way of a client's first packet does not depend on the time, so it does not tell it.
 */
import { FAMILIES, type Family, familyOf } from '../ip.js';
import type { RuleSet } from '../tools/iptables/types.js';
import { printService } from '../tools/ipvs/print.js';
import { sees, type Table } from '../tools/nft/types.js';
import { listenerKey } from '../tools/relay/types.js';
import type { NodeRules } from './node.js';

/** The seconds for which a list keeps a client; undefined where the rules do not say so. */
export type Stay = (family: Family, list: string) => number | undefined;

/** The rules are read at the first call. */
export function stayOf(rules: NodeRules): Stay {
  let known: ReadonlyMap<string, number> | undefined;
  return (family, list) => {
    known ??= new Map(timesIn(rules));
    return known.get(`${family} ${list}`);
  };
}

/** A list with its family, and its seconds. */
type Times = Generator<readonly [string, number]>;

function* timesIn({ ruleSets, beside, virtualServers, listeners = [], nftTables = [] }: NodeRules): Times {
  for (const ruleSet of [...ruleSets, ...(beside?.ruleSets ?? [])]) yield* inRuleSet(ruleSet);
  for (const server of virtualServers) {
    const { address, persistence } = server;
    if (persistence) yield [`${familyOf(address)} ${printService(server)}`, persistence.timeoutSeconds];
  }
  for (const listener of listeners) {
    const { address, affinity } = listener;
    if (affinity !== undefined) yield [`${familyOf(address)} ${listenerKey(listener)}`, affinity];
  }
  for (const table of nftTables) {
    for (const family of FAMILIES) if (sees(table, family)) yield* inTable(table, family);
  }
}

function* inRuleSet({ family, tables }: RuleSet): Times {
  for (const { chains } of tables) {
    for (const { rules } of chains) {
      for (const match of rules().flatMap(({ matches }) => matches)) {
        if (match.kind === 'recent' && match.check.kind === 'rcheck')
          yield [`${family} ${match.list}`, match.check.seconds];
      }
    }
  }
}

/** A statement that adds a client can say for how long; otherwise its set does. */
function* inTable({ sets, chains }: Table, family: Family): Times {
  for (const { name, timeout } of sets) if (timeout !== undefined) yield [`${family} ${name}`, timeout];
  for (const { rules } of chains) {
    for (const statement of rules().flatMap(({ statements }) => statements)) {
      if (statement.kind === 'set' && statement.timeout !== undefined)
        yield [`${family} ${statement.set}`, statement.timeout];
    }
  }
}

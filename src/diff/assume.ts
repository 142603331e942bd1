/**
 * assume: what a node is taken for between two looks at it: what it had of others when it was looked at last, and of ours
 * what was programmed since. Reading a large node takes a second; this takes none.
 */
import type { Program } from '../backends/backend.js';
import { DEVICE, isOurSet, isOurTable, ownershipIn } from '../backends/ours.js';
import type { Family } from '../ip.js';
import type { SavedChain, SavedRuleSet, SavedTable } from '../tools/iptables/parse.js';
import { printRule } from '../tools/iptables/print.js';
import type { Chain, Table } from '../tools/iptables/types.js';
import type { LiveIpvs } from '../tools/ipvs/diff.js';
import type { Live } from './live.js';

/** `live` without what is ours; made once for each look. */
export function othersOf(live: Live): Live {
  return {
    ...live,
    ruleSets: live.ruleSets.map((ruleSet) => {
      const { chain } = ownershipIn(ruleSet);
      const tables = ruleSet.tables.map(({ name, chains }) => ({
        name,
        chains: chains.filter((each) => !chain(name, each.name)),
      }));
      return { family: ruleSet.family, tables };
    }),
    sets: { sets: live.sets.sets.filter(({ name }) => !isOurSet(name)), others: [] },
    links: live.links.filter(({ name }) => name !== DEVICE),
    tables: live.tables?.filter((table) => !isOurTable(table)) ?? [],
  };
}

/** The node on which `program` was programmed beside `others`, with the virtual servers that `ipvs` has. */
export function assume(others: Live, program: Program, ipvs: LiveIpvs): Live {
  const { families, device } = program;
  const addresses = families.flatMap((family) =>
    family.addresses.map(({ ip }) => ({
      ip,
      prefix: ip.includes(':') ? 128 : 32,
      family: family.about.family,
      scope: 'global',
    })),
  );
  return {
    ruleSets: others.ruleSets.map((ruleSet) => withProgram(ruleSet, program)),
    sets: { sets: [...others.sets.sets, ...families.flatMap(({ sets }) => sets)], others: [] },
    ipvs,
    links: [...others.links, ...(device === undefined ? [] : [{ name: device, kind: 'dummy', addresses }])],
    sysctls: { ...others.sysctls, ...program.sysctls },
    tables: others.tables ?? [],
  };
}

function withProgram(others: SavedRuleSet, { families }: Program): SavedRuleSet {
  const { family, tables } = others;
  const wanted = families.find(({ about }) => about.family === family)?.ruleSet.tables ?? [];
  const names = new Set([...tables, ...wanted].map(({ name }) => name));
  return { family, tables: [...names].map((name) => mergeTable(name, tables, wanted, family)) };
}

function mergeTable(
  name: Table['name'],
  others: readonly SavedTable[],
  wanted: readonly Table[],
  family: Family,
): SavedTable {
  const there = others.find((table) => table.name === name)?.chains ?? [];
  const names = new Set(there.map((chain) => chain.name));
  const programmed = wanted.find((table) => table.name === name)?.chains ?? [];
  // Built-in chains, and kubelet's, are others'; our rules were in them when they were looked at.
  return {
    name,
    chains: [...there, ...programmed.filter((chain) => !names.has(chain.name)).map((chain) => saved(chain, family))],
  };
}

const known = new WeakMap<Chain, SavedChain>();

/** A chain as it reads back; its lines are made when somebody asks for them, which is seldom. */
function saved(chain: Chain, family: Family): SavedChain {
  const found = known.get(chain);
  if (found) return found;
  const made = {
    name: chain.name,
    ...(chain.policy === undefined ? {} : { policy: chain.policy }),
    rules: chain.rules,
    from: chain,
    get lines() {
      return chain.rules().map((rule) => printRule(rule, family));
    },
  };
  known.set(chain, made);
  return made;
}

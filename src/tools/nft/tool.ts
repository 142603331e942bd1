/**
 * nft(8) as a tool: the tables of nftables mode. Everything in a table of that name is ours; other tables are foreign.
 */
import type { Diagnostic } from '../../diag.js';
import { failure } from '../ask.js';
import type { Nft } from '../detected.js';
import type { How, Phase, Step, Tool } from '../tool.js';
import { changesOf, type Sections } from './changes.js';
import { crashSentence, isCrash } from './crash.js';
import { diff, type TableDiff } from './diff.js';
import { look } from './look.js';
import { printTableName } from './print.js';
import { readOurs } from './read.js';
import { rejected } from './rejected.js';
import { script } from './script.js';
import { showTable } from './show.js';
import type { NftState } from './state.js';
import { NFT_FAMILY, type Table, type TableName } from './types.js';

export interface NftOurs {
  /** Whether a table is ours, or kube-proxy's. */
  readonly isTable: (table: TableName) => boolean;
  /** Whether no other program can have written one of these. */
  readonly isOwn: (table: Table) => boolean;
  readonly sections: Sections;
}

/**
 * Of kube-proxy's layout with 10,000 Services and 100,000 endpoints one transaction took 12.2 CPU seconds, and for all of
 * them no other program could change rules; parts of 500 chains took 8.9 s, and each 0.8 s at most (Linux 6.18).
 */
const CHAINS_PER_TRANSACTION = 500;

/** Observed: our tables; undefined when no table can be seen. */
export const nft: Tool<'nft', NftState, readonly Table[] | undefined, readonly TableDiff[], NftOurs> = {
  name: 'nft',
  nothing: [],

  read: (ask, { nft: detected, desired, ours }) =>
    readOurs(ask, programOf(detected), ours.isTable, desired !== undefined),
  look,
  foreign: () => [],
  assume: (_, desired) => desired?.tables ?? [],
  diff: (tables = [], desired, { isTable }) => diff(tables.filter(isTable), desired?.tables ?? []),
  steps: stepsOf,
  changes: (difference, _, { sections }) => changesOf(difference, sections),
  ofFamily: ({ tables }, family) => ({ tables: tables.filter((table) => table.family === NFT_FAMILY[family]) }),
  show: ({ tables }, owns) => tables.flatMap((table) => showTable(table, owns)),
  own: (tables = [], { isTable }) => ({ tables: tables.filter(isTable) }),
  remarks,
  rejected: (step, outcome, ask) => rejected(step, outcome, ask),

  /** A table that goes when another mode has taken over goes last, so whether it can go is asked first. */
  async rehearse({ argv, input }, ask) {
    if (!input.every(({ text }) => text.startsWith('delete table '))) return;
    const [program = '', ...rest] = argv(0);
    const outcome = await ask(
      [program, '--check', ...rest],
      input.map(({ text }) => `${text}\n`),
    );
    if (outcome.code === 0) return;
    const why = isCrash(outcome) ? await crashSentence(ask, program) : failure(program, outcome);
    const commands = input.map(({ text }) => `nft ${text}`).join('; ');
    throw new Error(
      `the tables of nftables mode cannot be removed, and nothing is changed; with a newer nft, such as kube-proxy's: ${commands} (${why})`,
    );
  },
};

function programOf(nft: Nft | undefined): string {
  return nft?.program ?? 'nft';
}

function stepsOf(
  difference: readonly TableDiff[],
  phase: Phase,
  _: NftState | undefined,
  { nft, chainsPerTransaction = CHAINS_PER_TRANSACTION }: How,
): readonly Step[] {
  if (phase === 'whole') return [];
  const argv = [programOf(nft), '-f', '-'];
  const inputs = script(difference, phase, { chainsPerTransaction });
  return inputs.map((input) => ({ tool: 'nft', program: 'nft', argv: () => argv, input }));
}

function remarks(
  tables: readonly Table[] | undefined,
  desired: NftState | undefined,
  { isTable, isOwn }: NftOurs,
): readonly Diagnostic[] {
  if (tables === undefined) {
    const message = 'nft is missing, so vipc cannot tell whether rules of kube-proxy in nftables mode act here';
    return [warning('nft-unseen', message, 'install nftables, as new as the version that wrote the tables')];
  }
  const found = tables.filter((table) => isTable(table) && !isOwn(table));
  if (desired || found.length === 0) return [];
  const message = `rules of nftables mode act here: ${found.map(printTableName).join(', ')}`;
  const hint = 'apply, sync and cleanup remove the tables; where kube-proxy wrote them, stop it';
  return [warning('nftables-mode', message, hint)];
}

function warning(code: string, message: string, hint: string): Diagnostic {
  return { code, severity: 'warning', message, hint };
}

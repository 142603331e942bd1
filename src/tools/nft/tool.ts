/**
 * nft(8) as a tool: removes the tables of kube-proxy's nftables mode. No mode of vipc writes nftables yet.
 */
import type { Diagnostic } from '../../diag.js';
import { failure } from '../ask.js';
import { section, sides, type Tool } from '../tool.js';
import { isCrash, NFT_FAMILY, readTables } from './read.js';
import type { NftState } from './state.js';
import { type NftTable, printDeletions, printTable } from './tables.js';

/** Whether a table is ours, or kube-proxy's. */
export type NftOurs = (table: NftTable) => boolean;

/** Observed: undefined when the tables cannot be seen. Nothing can be desired. */
export const nft: Tool<'nft', NftState, readonly NftTable[] | undefined, readonly NftTable[], NftOurs> = {
  name: 'nft',
  nothing: [],

  read: readTables,
  foreign: (tables, ours) => tables?.filter((table) => !ours(table)) ?? [],
  assume: (foreign) => foreign,
  diff: (tables = [], _, ours) => tables.filter(ours),
  steps: (tables) => [
    { tool: 'nft', program: 'nft', argv: () => ['nft', '-f', '-'], input: [...printDeletions(tables)] },
  ],
  changes: (tables) => sides(tables.length > 0 ? [section('nft', tables.map(printTable))] : [], []),
  ofFamily: ({ tables }, family) => ({ tables: tables.filter((table) => table.family === NFT_FAMILY[family]) }),
  show: () => [],
  remarks,

  /** An old nft crashes on sets written by a newer one, whatever its input says about them (k/k#136786). */
  async rehearse({ input }, ask) {
    const outcome = await ask(
      ['nft', '--check', '-f', '-'],
      input.map(({ text }) => `${text}\n`),
    );
    if (outcome.code === 0) return;
    const why = isCrash(outcome) ? 'nft crashes on tables that a newer nft wrote' : failure('nft', outcome);
    const commands = input.map(({ text }) => `nft ${text}`).join('; ');
    throw new Error(
      `${why}, so the tables of nftables mode cannot be removed, and nothing is changed; with a newer nft, such as kube-proxy's: ${commands}`,
    );
  },
};

function remarks(tables: readonly NftTable[] | undefined, _: unknown, ours: NftOurs): readonly Diagnostic[] {
  if (tables === undefined) {
    const message = 'nft is missing, so vipc cannot tell whether rules of kube-proxy in nftables mode act here';
    return [warning('nft-unseen', message, 'install nftables, as new as the version that wrote the tables')];
  }
  const found = tables.filter(ours);
  if (found.length === 0) return [];
  const message = `rules of kube-proxy in nftables mode act here: ${found.map(printTable).join(', ')}`;
  return [warning('nftables-mode', message, 'stop kube-proxy; apply, sync and cleanup remove the tables')];
}

function warning(code: string, message: string, hint: string): Diagnostic {
  return { code, severity: 'warning', message, hint };
}

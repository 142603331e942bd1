/**
 * look: whether the kernel has the tables that were programmed, part by part. A listing is read line by line and never
 * held whole.
 *
 *     table         ip kube-proxy              and its comment
 *     set or map    ip kube-proxy map slot-0   and what it is, without its elements
 *     element       ip kube-proxy slot-0       and its text
 *     chain         ip kube-proxy chain nat    and its rules
 */
import { eachLine } from '../ask.js';
import type { Look } from '../tool.js';
import { listing } from './look/listing.js';
import { partsOf } from './look/parts.js';
import { readTables } from './read.js';
import type { NftState } from './state.js';
import type { Table, TableName } from './types.js';

interface Ours {
  readonly isTable: (table: TableName) => boolean;
}

export const look: Look<NftState, readonly Table[] | undefined, Ours> = {
  *parts({ tables }, _, but) {
    for (const table of tables) {
      yield* partsOf(
        table,
        but?.tables.find(({ family, name }) => family === table.family && name === table.name),
      );
    }
  },
  rest: () => ({ tables: [] }),
  async read(ask, { nft, ours }, isKnown) {
    const program = nft?.program ?? 'nft';
    const names = (await readTables(ask, program))?.filter(ours.isTable) ?? [];
    for (const name of names) {
      const read = listing(name, isKnown);
      const { code } = await eachLine(ask, [program, 'list', 'table', name.family, name.name], read.take);
      if (code !== 0 || !read.isKnown()) return undefined;
    }
    return { observed: [] };
  },
};

/**
 * What nftables must have for Services: the part of a desired state that the tool nft carries out.
 */
import type { Table } from './types.js';

export interface NftState {
  /** Our tables, one for each IP family; every other table is foreign. */
  readonly tables: readonly Table[];
}

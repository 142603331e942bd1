/**
 * Live: what is on a node, as data.
 */
import type { Link } from '../tools/addresses/types.js';
import type { SavedSets } from '../tools/ipset/parse.js';
import type { SavedRuleSet } from '../tools/iptables/parse.js';
import type { LiveIpvs } from '../tools/ipvs/diff.js';
import type { NftTable } from '../tools/nft/tables.js';
import type { Sysctls } from '../tools/sysctl.js';

export interface Live {
  /** One for each family that the node has. */
  readonly ruleSets: readonly SavedRuleSet[];
  readonly sets: SavedSets;
  readonly ipvs: LiveIpvs;
  readonly links: readonly Link[];
  /** Those that were asked for and are there. */
  readonly sysctls: Sysctls;
  /** Of nftables; absent when they cannot be seen. */
  readonly tables?: readonly NftTable[];
}

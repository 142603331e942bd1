/**
 * Live: what is on a node, as data.
 */
import type { Link } from '../languages/addresses/rules.js';
import type { SavedSets } from '../languages/ipset/parse.js';
import type { SavedRuleSet } from '../languages/iptables/parse.js';
import type { LiveIpvs } from '../languages/ipvs/diff.js';
import type { NftTable } from '../languages/nft/tables.js';
import type { Sysctls } from '../languages/sysctl.js';

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

/**
 * The nftables proxy mode as a backend: one file with a table for each family.
 */
import type { DesiredState } from '../../tools/tools.js';
import type { Artifact, Backend, PortCounts } from '../backend.js';
import { loopbackFile, RELAY_FILE } from '../shared/loopback.js';
import { partOf } from '../shared/parts.js';
import { admit, unserved } from './admit.js';
import { keep } from './keep.js';
import { LAYOUT_NAMES, lower } from './lower.js';
import { formerly, nftablesOurs } from './ours.js';
import { print, toData } from './print.js';
import { sections } from './sections.js';

const FILE = 'nftables.rules';

export const nftables: Backend = {
  mode: 'nftables',
  layouts: LAYOUT_NAMES,
  liveLayout: 'fast',
  localPolicy: 'strict',
  also: ['ServiceCIDR'],
  files: [FILE, RELAY_FILE],
  admit,
  unserved,
  lower,
  keep,
  artifacts,
  tools: ['nft'],
  periods: ({ daemon }) => daemon.periods.nftables,
  ours: nftablesOurs,
  formerly,
};

function artifacts({ nft, relay }: DesiredState, ports: PortCounts): readonly Artifact[] {
  const parts = (nft?.tables ?? []).map((table) => {
    const family = table.family === 'ip6' ? 'ipv6' : 'ipv4';
    return partOf({ family, ports: ports[family] ?? 0 }, table, { print, toData });
  });
  return [{ name: FILE, parts, sections }, ...loopbackFile(relay)];
}

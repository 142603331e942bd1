/**
 * The versions of nft(8) that tests run: the machine's, and a newer one that scripts/setup.sh fetches into
 * .cache/nft-new. An old nft crashes on sets that a newer one wrote (k/k#136786): never use both in one namespace.
 */
import { existsSync } from 'node:fs';
import { it } from '@jest/globals';
import { ROOT } from '../cases/cases.js';

export interface NftVersion {
  readonly name: 'installed' | 'newer';
  /** The program, a path or a name. */
  readonly program: string;
}

const NEWER = `${ROOT}.cache/nft-new/nft`;

/** The programs that are here; a missing newer one is reported, and in CI or with VIPC_RINGS=all it is a failure. */
export function nftVersions(): readonly NftVersion[] {
  const installed: NftVersion = { name: 'installed', program: 'nft' };
  if (existsSync(NEWER)) return [installed, { name: 'newer', program: NEWER }];
  process.stderr.write(`\nNO NEWER NFT: ${MISSING}\n`);
  const required = !['', 'false', undefined].includes(process.env['CI']) || process.env['VIPC_RINGS'] === 'all';
  if (required) {
    it('a newer nft is here', () => {
      throw new Error(MISSING);
    });
  } else it.skip(`NFT SKIPPED: newer: ${MISSING}`, () => {});
  return [installed];
}

const MISSING = 'run bash scripts/setup.sh, which fetches nftables of Debian 13 into .cache/nft-new';

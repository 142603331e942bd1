/**
 * version: which nft(8) a node has.
 */
import { show } from '../../diag.js';
import { type Ask, answer } from '../ask.js';
import type { Nft } from '../detected.js';

/** The first version that nftables mode works with; kube-proxy asks for the same (k/k pkg/proxy/nftables). */
export const OLDEST_NFT = '1.0.1';

/** The nft that is called `program`, a name or a path; undefined when it is not there. */
export async function detectNft(ask: Ask, program = 'nft'): Promise<Nft | undefined> {
  const stdout = await answer(ask, [program, '--version']);
  if (stdout === undefined) return undefined;
  const [, version] = /^nftables v(\d+(?:\.\d+)*)/.exec(stdout) ?? [];
  if (version === undefined) throw new Error(`${program} --version prints no version: ${show(stdout)}`);
  return { program, version };
}

/** Whether it is older than OLDEST_NFT. */
export function isTooOld({ version }: Nft): boolean {
  const [numbers, oldest] = [version, OLDEST_NFT].map((text) => text.split('.').map(Number));
  const at = (oldest ?? []).findIndex((number, i) => number !== (numbers?.[i] ?? 0));
  return at >= 0 && (numbers?.[at] ?? 0) < (oldest?.[at] ?? 0);
}

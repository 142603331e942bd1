/**
 * version: which nft(8) a node has.
 */
import type { Ask } from '../ask.js';
import type { Nft } from '../detected.js';

/** The first version that nftables mode works with; kube-proxy asks for the same (k/k pkg/proxy/nftables). */
export const OLDEST_NFT = '1.0.1';

/** The nft that is called `program`, a name or a path; undefined when that is no nft. */
export async function detectNft(ask: Ask, program = 'nft'): Promise<Nft | undefined> {
  const { stdout } = await ask([program, '--version']);
  const [, version] = /^nftables v(\d+(?:\.\d+)*)/.exec(stdout) ?? [];
  return version === undefined ? undefined : { program, version };
}

/** Whether it is older than OLDEST_NFT. */
export function isTooOld({ version }: Nft): boolean {
  const [numbers, oldest] = [version, OLDEST_NFT].map((text) => text.split('.').map(Number));
  const at = (oldest ?? []).findIndex((number, i) => number !== (numbers?.[i] ?? 0));
  return at >= 0 && (numbers?.[at] ?? 0) < (oldest?.[at] ?? 0);
}

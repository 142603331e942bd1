/**
 * The crash of an old nft: 1.0.6 crashes on what nft 1.1 writes about sets, in whatever table (k/k#136786). It can still
 * list chains, and so name the tables.
 */
import type { Ask, Outcome } from '../ask.js';
import { printTableName } from './print.js';
import { parseTableNames } from './tables.js';

/** SIGSEGV or SIGABRT, as the exit code of a shell. */
export function isCrash({ code }: Pick<Outcome, 'code'>): boolean {
  return code === 139 || code === 134;
}

/** What to do about it. */
export const NEWER_NFT = 'install an nft as new as the one that wrote them, or name it with --nft';

/** What is wrong, in which of the tables it may be, and what to do. */
export async function crashSentence(ask: Ask, nft: string): Promise<string> {
  const { code, stdout } = await ask([nft, 'list', 'chains']);
  const tables = code === 0 ? parseTableNames(stdout).value.map(printTableName) : [];
  const where = tables.length === 0 ? '' : `, in one of these: ${tables.join(', ')}`;
  return `${nft} crashes, as an old version does on sets that a newer one wrote${where}: ${NEWER_NFT}`;
}

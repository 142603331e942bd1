/**
 * marks: what statements do to the mark of a packet or a connection.
 */

/** (mark & kept) ^ xor; undefined where the mark before is not known and bits of it are kept. */
export function remarked(before: number | undefined, kept: number, xor: number): number | undefined {
  if (kept >>> 0 === 0) return xor >>> 0;
  return before === undefined ? undefined : ((before & kept) ^ xor) >>> 0;
}

/**
 * Extent: how much of what could be tried for ever a run tries. `bash scripts/test.sh` is the quick one, which takes samples;
 * with --all (VIPC_TESTS=all) it is all of it, or more. Either takes its random choices from one seed, which it prints.
 */

/** Whether all is to be tried. */
export const ALL = process.env['VIPC_TESTS'] === 'all';

/** Set SEED to what a run printed to make the same choices again. */
export const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** How often: in a quick run, and in one of all. */
export function often(quick: number, all: number): number {
  return ALL ? all : quick;
}

/**
 * In a quick run `quick` of `list` by the seed, in their order; else `all` of it. `of` makes several samples independent.
 */
export function sample<T>(list: readonly T[], quick: number, of = '', all = list.length): readonly T[] {
  const count = often(quick, all);
  if (count >= list.length) return list;
  const places = list.map((_, i) => ({ i, place: hash(`${seed} ${of} ${i}`) }));
  const chosen = new Set(
    places
      .sort((a, b) => a.place - b.place || a.i - b.i)
      .slice(0, count)
      .map(({ i }) => i),
  );
  return list.filter((_, i) => chosen.has(i));
}

/** FNV-1a, mixed once more: the last character alone would leave the high bits as they were. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return (value ^ (value >>> 16)) >>> 0;
}

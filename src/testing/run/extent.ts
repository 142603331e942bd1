/**
 * Extent: how much a run tries of what could be tried without end. `bash scripts/test.sh` is the quick run, which takes
 * samples; with --all (VIPC_TESTS=all) it takes everything, or more; on further Nodes (VIPC_TESTS=brief) a quarter of
 * the quick run. All make their random choices from one seed, which they print.
 */

/** Whether to try everything. */
export const ALL = process.env['VIPC_TESTS'] === 'all';

/** Whether the run is only about the Node that it runs on. */
export const BRIEF = process.env['VIPC_TESTS'] === 'brief';

/** Set SEED to the printed value to repeat the choices of a run. */
export const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** The number of repetitions: in a quick run, and in a run of everything. */
export function often(quick: number, all = quick): number {
  return ALL ? all : BRIEF ? Math.ceil(quick / 4) : quick;
}

/**
 * In a quick run `quick` elements of `list`, chosen by the seed, in their order; else `all` of them. Samples with
 * different `of` are independent.
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

/** FNV-1a with one more mixing step: otherwise the last character would hardly change the high bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return (value ^ (value >>> 16)) >>> 0;
}

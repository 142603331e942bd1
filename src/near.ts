/**
 * near: an unknown name → the most similar known name, as a suggestion. read uses it for names of fields, lint and the
 * command line for names of objects.
 */

/**
 * The entry of `known` with the least edit distance to `name`, at most a third of its length; of equal ones the first.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > 100) return undefined;
  const wanted = name.toLowerCase();
  let best: { readonly other: string; readonly distance: number } | undefined;
  for (const other of known) {
    // A distance is at least the difference in length; that skips most of thousands of names.
    if (best && Math.abs(other.length - name.length) >= best.distance) continue;
    const distance = editDistance(wanted, other.toLowerCase());
    if (!best || distance < best.distance) best = { other, distance };
  }
  return best && best.distance <= Math.max(1, best.other.length / 3) ? best.other : undefined;
}

/** The letters that all searches may compare: hostile input can need thousands of searches among thousands of names. */
const MAX_LETTERS = 20_000_000;

/** `nearest` until its budget is spent, then always undefined. */
export function suggester(): typeof nearest {
  let left = MAX_LETTERS;
  return (name, known) => {
    if (left <= 0) return undefined;
    left -= known.reduce((letters, other) => letters + other.length * name.length, 0);
    return nearest(name, known);
  };
}

/** The number of missing, additional, wrong or swapped letters (optimal string alignment distance). */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : replace;
      next.push(Math.min(replace, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/**
 * near: a name that is nowhere → the known name that is nearest to it, to propose it. read asks for names of fields, lint
 * and the command line for names of objects.
 */

/** The entry of `known` that is at most a third of its letters away from `name`; of equally near ones the first. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > 100) return undefined;
  const wanted = name.toLowerCase();
  let best: { readonly other: string; readonly distance: number } | undefined;
  for (const other of known) {
    // No distance is less than the difference in length; thousands of names are mostly passed over by it.
    if (best && Math.abs(other.length - name.length) >= best.distance) continue;
    const distance = editDistance(wanted, other.toLowerCase());
    if (!best || distance < best.distance) best = { other, distance };
  }
  return best && best.distance <= Math.max(1, best.other.length / 3) ? best.other : undefined;
}

/** A search looks at every letter of every name; hostile input would have thousands of searches among thousands of names. */
const MAX_LETTERS = 20_000_000;

/** `nearest` for as long as it is affordable, then always undefined. */
export function suggester(): typeof nearest {
  let left = MAX_LETTERS;
  return (name, known) => {
    if (left <= 0) return undefined;
    left -= known.reduce((letters, other) => letters + other.length * name.length, 0);
    return nearest(name, known);
  };
}

/** How many letters are missing, too many, others, or swapped with the next: the typos that people make. */
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

/**
 * Fingerprints: a set of texts of which only hashes are kept, 8 to 32 bytes each. That two of a million texts have the
 * same is less likely than 1 in 10,000; by chance, as nobody who may change rules gains by it.
 */

export interface Fingerprints {
  readonly size: number;
  has(print: number): boolean;
  add(print: number): void;
  delete(print: number): void;
}

/** The hash of a text: a whole number from 1 to 2^53. */
export function fingerprint(text: string): number {
  return fingerprintOf([text]);
}

/** That of the text with these lines, which need not be put together for it. */
export function fingerprintOf(lines: readonly string[]): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n] ?? '';
    // But for the first line a newline stands in front.
    for (let i = n === 0 ? 0 : -1; i < line.length; i++) {
      const code = i < 0 ? NEWLINE : line.charCodeAt(i);
      a = Math.imul(a ^ code, 0x9e3779b1);
      b = Math.imul(b ^ code, 0x5f356495);
    }
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return 0x100000000 * (b & 0x1fffff) + (a >>> 0) + 1;
}

const NEWLINE = 10;

const SMALLEST = 64;
const EMPTY = 0;

/**
 * An empty set, with room for `expected` of them: a table of numbers, each at the first free place from where it belongs.
 */
export function newFingerprints(expected = 0): Fingerprints {
  let table = new Float64Array(Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(expected * 2 + 2))));
  let size = 0;
  const place = (print: number): number => (print % 0x7fffffff) & (table.length - 1);
  const next = (at: number): number => (at + 1) & (table.length - 1);
  const find = (print: number): number => {
    let at = place(print);
    while (table[at] !== EMPTY && table[at] !== print) at = next(at);
    return at;
  };
  const grow = (): void => {
    const old = table;
    table = new Float64Array(old.length * 2);
    for (const print of old) if (print !== EMPTY) table[find(print)] = print;
  };
  return {
    get size() {
      return size;
    },
    has: (print) => table[find(print)] === print,
    add: (print) => {
      const at = find(print);
      if (table[at] === print) return;
      table[at] = print;
      size++;
      if (size * 2 > table.length) grow();
    },
    delete: (print) => {
      let gap = find(print);
      if (table[gap] === EMPTY) return;
      size--;
      // Those behind it move up, unless they would then stand before where they belong.
      for (let at = next(gap); table[at] !== EMPTY; at = next(at)) {
        const home = place(table[at] ?? EMPTY);
        const isBetween = gap <= at ? gap < home && home <= at : gap < home || home <= at;
        if (isBetween) continue;
        table[gap] = table[at] ?? EMPTY;
        gap = at;
      }
      table[gap] = EMPTY;
    },
  };
}

/**
 * Versions: resourceVersions of one resource, in the order the server gave them out. KEP-5504 promises decimal numbers that
 * can be compared; of a server that has other versions nothing is said to be older.
 */

/** Whether `a` was given out before `b`. They may be longer than a JavaScript number is exact. */
export function isOlder(a: string, b: string): boolean {
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}

const DECIMAL = /^[1-9]\d*$/;

/** The later one; `next` when they cannot be compared. */
export function newest(known: string | undefined, next: string): string {
  return known !== undefined && isOlder(next, known) ? known : next;
}

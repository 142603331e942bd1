/**
 * Versions: the order of resourceVersions of one resource. KEP-5504 promises decimal numbers that can be compared; other
 * versions are never older.
 */

/** Whether `a` was assigned before `b`. They may be too long for a JavaScript number to be exact. */
export function isOlder(a: string, b: string): boolean {
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}

const DECIMAL = /^[1-9]\d*$/;

/** The later one; `next` when they cannot be compared. */
export function newest(known: string | undefined, next: string): string {
  return known !== undefined && isOlder(next, known) ? known : next;
}

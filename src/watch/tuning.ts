/**
 * Tuning: how patient the watch is. Times are in milliseconds but for what the API counts in seconds.
 */
export interface Tuning {
  /** Objects in a page of a list. */
  readonly pageSize: number;
  /** How long the server shall keep a watch, in whole seconds, drawn from this range: not all nodes come back at once. */
  readonly watchSeconds: readonly [number, number];
  /** A request that got no answer by then has failed. The server gives up on a list after 60 s. */
  readonly answerMs: number;
  /**
   * A watch on which not a byte came for so long has failed. The server sends a bookmark every minute, so two of them
   * are overdue. Where it sends none, as on a resource that never changed, this costs one request each time.
   */
  readonly silenceMs: number;
  /** A watch that ends sooner and without an event has failed: to ask again at once would be a storm. */
  readonly shortMs: number;
  /** The wait after the first failure, doubled with each one more, and its limit; up to half of it is left to chance. */
  readonly backoffMs: readonly [number, number];
}

export const DEFAULT_TUNING: Tuning = {
  pageSize: 500,
  watchSeconds: [300, 600],
  answerMs: 60_000,
  silenceMs: 150_000,
  shortMs: 1000,
  backoffMs: [500, 30_000],
};

/** How long to wait after so many failures in a row. */
export function backoff({ backoffMs: [first, limit] }: Tuning, failures: number): number {
  return Math.round(Math.min(limit, first * 2 ** (failures - 1)) * (1 - Math.random() / 2));
}

/** A whole number from the range, both ends included. */
export function draw([from, to]: readonly [number, number]): number {
  return from + Math.floor(Math.random() * (to - from + 1));
}

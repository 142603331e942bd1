/**
 * Tuning: the deadlines and waits of a watch. Times are in milliseconds, except where the API counts in seconds.
 */
export interface Tuning {
  /** Objects in a page of a list. */
  readonly pageSize: number;
  /** How long the server keeps a watch, in whole seconds, drawn from this range: not all nodes reconnect at once. */
  readonly watchSeconds: readonly [number, number];
  /** A request without an answer after this time has failed. The server gives up on a list after 60 s. */
  readonly answerMs: number;
  /**
   * A watch on which no byte came for this time has failed. The server sends a bookmark every minute, so two of them
   * are overdue. Where it sends none, as on a resource that never changed, this costs one request each time.
   */
  readonly silenceMs: number;
  /** A list that is not complete after this time has failed, however steadily its bytes come. */
  readonly bodyMs: number;
  /** A watch that ends sooner is not opened again at once: that would be a storm. Without an event it has failed. */
  readonly shortMs: number;
  /** The wait after the first failure, doubled with each further one, and its limit; up to half of it is random. */
  readonly backoffMs: readonly [number, number];
  /** The longest wait that the server may ask for (Retry-After). */
  readonly retryMs: number;
}

export const DEFAULT_TUNING: Tuning = {
  pageSize: 500,
  watchSeconds: [300, 600],
  answerMs: 60_000,
  silenceMs: 150_000,
  bodyMs: 300_000,
  shortMs: 1000,
  backoffMs: [500, 30_000],
  retryMs: 60_000,
};

/** The wait after a number of failures in a row. */
export function backoff([first, limit]: Tuning['backoffMs'], failures: number): number {
  return Math.round(Math.min(limit, first * 2 ** (failures - 1)) * (1 - Math.random() / 2));
}

/** A whole number from the range, both ends included. */
export function draw([from, to]: readonly [number, number]): number {
  return from + Math.floor(Math.random() * (to - from + 1));
}

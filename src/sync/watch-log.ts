/**
 * Watch log: one line when the API server is lost, one when it is back, and one for a resource that it keeps refusing.
 */
import type { WatchedKind, WatchState } from '../watch/source.js';
import type { Logger } from './log.js';

/** Failures in a row that are more than a restart: then the reason that stayed is logged. */
const MANY = 5;

export interface WatchLogOptions {
  readonly log: Logger;
  /** Called when the watch of a kind fails, and when it works again. */
  readonly onFailing: (kind: WatchedKind, failing: boolean) => void;
  /** Milliseconds; default: of a clock that is never set. */
  readonly now?: () => number;
}

/** A listener for every state of every watch. */
export function newWatchLog({
  log,
  onFailing,
  now = () => performance.now(),
}: WatchLogOptions): (state: WatchState) => void {
  /** Failures in a row, by kind; no entry for a kind that works. */
  const failing = new Map<WatchedKind, number>();
  const said = new Set<string>();
  /** Optional kinds that the server does not give. */
  const missing = new Set<WatchedKind>();
  let lostAt = 0;

  const failed = ({ kind, message: error, code, retryMs, optional }: WatchState): void => {
    const line = { kind, error, retryMs };
    if (optional && (code === 403 || code === 404)) {
      if (!missing.has(kind)) log.warn({ kind, error }, 'the API server does not give what some rules need');
      missing.add(kind);
      return;
    }
    const count = (failing.get(kind) ?? 0) + 1;
    const reason = `${kind} ${code}`;
    if (failing.size === 0) {
      lostAt = now();
      log.warn(line, 'the API server is lost');
      said.add(reason);
    } else if (code !== undefined && count >= MANY && !said.has(reason)) {
      log.warn(line, 'the API server refuses');
      said.add(reason);
    } else log.debug(line, 'watch fails');
    failing.set(kind, count);
    onFailing(kind, true);
  };
  const works = (kind: WatchedKind): void => {
    missing.delete(kind);
    if (!failing.delete(kind)) return;
    onFailing(kind, false);
    if (failing.size > 0) return;
    said.clear();
    log.info({ seconds: Math.round((now() - lostAt) / 100) / 10 }, 'the API server is back');
  };
  return (state) => {
    if (state.state === 'failing') failed(state);
    else if (state.state === 'working') works(state.kind);
    else log.debug(state, 'watch');
  };
}

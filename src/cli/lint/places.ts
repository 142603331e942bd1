/**
 * cli, part of lint: where a finding is, for programs.
 */
import type { Origin } from '../../diag.js';
import { locate, type Position } from '../../read/locate.js';

/** The place of an origin in a file; undefined where there is none, as in what an API server said. */
export function placeOf(origin: Origin | undefined): Position | undefined {
  return origin === undefined || origin.source.api ? undefined : locate(origin);
}

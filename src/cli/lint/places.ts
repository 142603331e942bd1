/**
 * cli, part of lint: the file, line and column of a finding, for machine-readable formats.
 */
import type { Origin } from '../../diag.js';
import { locate, type Position } from '../../read/locate.js';

/** The position of an origin in its file; undefined without an origin, or when an API server sent the object. */
export function placeOf(origin: Origin | undefined): Position | undefined {
  return origin === undefined || origin.source.api ? undefined : locate(origin);
}

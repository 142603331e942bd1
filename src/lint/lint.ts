/**
 * lint: Snapshot → what is valid, but hardly meant.
 */
import type { Diagnostic } from '../diag.js';
import type { Snapshot } from '../read/types.js';
import { checkEndpointsNames } from './endpoints-name.js';
import { checkIngresses } from './ingress.js';
import { checkRepeated } from './repeated.js';
import { checkSelectors } from './selector.js';
import { checkSlicePorts } from './slice-ports.js';

/** All there is to say of a cluster: warnings, and notes on what may surprise. */
export function lint(cluster: Snapshot): readonly Diagnostic[] {
  return [checkSelectors, checkEndpointsNames, checkSlicePorts, checkRepeated, checkIngresses].flatMap((check) =>
    check(cluster),
  );
}

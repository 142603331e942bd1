/**
 * lint: Snapshot → diagnostics about objects that are valid but probably mistakes.
 */
import type { Diagnostic } from '../diag.js';
import type { Snapshot } from '../read/types.js';
import { checkEndpointsNames } from './endpoints-name.js';
import { checkHostPorts } from './host-ports.js';
import { checkIngresses } from './ingress.js';
import { checkPolicies } from './policies.js';
import { checkRepeated } from './repeated.js';
import { checkSelectors } from './selector.js';
import { checkSlicePorts } from './slice-ports.js';

/** All warnings and notes about a cluster. `simulate`: --simulate was given. */
export function lint(cluster: Snapshot, done = { simulate: false }): readonly Diagnostic[] {
  const checks = [
    ...[checkSelectors, checkEndpointsNames, checkSlicePorts, checkRepeated],
    ...[checkIngresses, checkHostPorts, checkPolicies],
  ];
  return checks.flatMap((check) => check(cluster, done));
}

/**
 * explain: what is wrong with a Service, in the order in which the Kubernetes page "Debug Services" asks, worst first.
 */
import type { Diagnostic } from '../diag.js';
import { placeText } from '../read/locate.js';
import type { About } from './about.js';
import { addressFaults, kindFaults } from './faults/addresses.js';
import { hostPortFaults, localFaults, nodeFaults, policyFaults } from './faults/nodes.js';
import { portFaults } from './faults/ports.js';
import { namesakes, selectorFaults } from './faults/selector.js';
import { sliceFaults } from './faults/slices.js';
import type { Effect, Finding } from './types.js';

const FAULTS = [
  kindFaults,
  policyFaults,
  portFaults,
  namesakes,
  sliceFaults,
  selectorFaults,
  localFaults,
  nodeFaults,
  addressFaults,
  hostPortFaults,
];

const ORDER: readonly Effect[] = ['nobody', 'some', 'load', 'none'];

/** Everything that is wrong, and what may surprise; `more` was found out by other means. */
export function faultsOf(about: About, more: readonly Finding[] = []): readonly Finding[] {
  const own = withoutEchoes([...FAULTS.flatMap((check) => check(about)), ...more]);
  const isStray = own.some(({ code }) => code === 'slice-label');
  const linted = about.said
    .filter(({ code }) => !COVERED.has(code) && !(isStray && code === 'endpoints-name-mismatch'))
    .map(asFinding);
  const rank = ({ severity, effect }: Finding) => (severity === 'remark' ? ORDER.length : 0) + ORDER.indexOf(effect);
  const all = [...own, ...linted].map((found, i) => ({ found, i }));
  const ranked = all.sort((a, b) => rank(a.found) - rank(b.found) || a.i - b.i).map(({ found }) => found);
  return [...new Map(ranked.map((found) => [found.message, found])).values()];
}

/** That there is no endpoint is said by what says why. */
function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const [why] = findings.filter(({ code }) => ['namesake', 'slice-label', 'selector'].includes(code));
  return why ? findings.filter((each) => each === why || each.code !== 'no-endpoints') : findings;
}

/** What lint says that explain says better, or in another place. */
const COVERED = new Set([
  'selector-near-miss',
  'selector-without-pods',
  'target-port-name',
  'slice-ports',
  'host-port-conflict',
  'network-policy',
  'no-cluster-ip',
  'unknown-node',
  'pod-ended',
]);

function asFinding({ code, severity, message, hint, related, origin }: Diagnostic): Finding {
  return {
    code,
    severity: severity === 'note' ? 'remark' : 'problem',
    effect: 'none',
    message: related ? `${message} (${placeText(related.origin)}: ${related.message})` : message,
    fix: hint ?? '',
    ...(origin && { at: placeText(origin) }),
  };
}

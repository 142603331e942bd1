/**
 * explain: the problems of a Service, worst first; equal ones in the order of the checks below.
 */
import type { Diagnostic } from '../diag.js';
import { placeText } from '../read/locate.js';
import type { About } from './about.js';
import { addressFaults, kindFaults } from './faults/addresses.js';
import { localFaults } from './faults/local.js';
import { hostPortFaults, nodeFaults } from './faults/nodes.js';
import { policyFaults } from './faults/policies.js';
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

/** All problems and remarks, each message once; `more` are findings from shares of connections and the live node. */
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

/** Drops no-endpoints when another finding already explains it. */
function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const [why] = findings.filter(({ code }) => ['namesake', 'slice-label', 'selector'].includes(code));
  return why ? findings.filter((each) => each === why || each.code !== 'no-endpoints') : findings;
}

/** Codes of reading and lint that explain reports itself, or shows in another section. */
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

/**
 * doctor, part: rules of userspace mode, and whether its relay listens where they lead.
 */
import type { Facts } from './facts.js';
import type { Finding } from './finding.js';

/** Nothing on a node without such rules. */
export function relayFindings({ rules = [], listening, mode }: Facts): readonly Finding[] {
  const ports = [...new Set(rules.flatMap(({ relayed = [] }) => relayed))];
  if (ports.length === 0) return [];
  const open = new Set(listening);
  const closed = ports.filter((port) => !open.has(port));
  if (closed.length === 0)
    return [{ check: 'relay', state: 'ok', message: `the relay listens on ${ports.length} TCP ports` }];
  const message =
    `rules of userspace mode lead to ${closed.length} of ${ports.length} TCP ports on which nothing listens: ` +
    'connections to their Services are refused';
  const fix = mode === 'userspace' ? '' : '; vipc cleanup, or vipc apply for another mode, removes the rules';
  return [{ check: 'relay', state: 'problem', message, hint: `vipc sync --mode userspace serves them${fix}` }];
}

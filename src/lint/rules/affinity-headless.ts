/**
 * lint, rule: affinity ClientIP of a headless or ExternalName Service, which has no rules that could keep affinity.
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import { isHeadless, type Snapshot } from '../../read/types.js';
import type { Rule } from '../rule.js';

function check({ services }: Snapshot): readonly Diagnostic[] {
  return sorted(services).flatMap(({ spec, origin }): readonly Diagnostic[] => {
    if (spec.sessionAffinity !== 'ClientIP') return [];
    const headless = isHeadless({ spec });
    if (!headless && spec.type !== 'ExternalName') return [];
    const kind = headless ? 'a headless Service' : 'a Service of type ExternalName';
    return [
      {
        code: 'affinity-headless',
        severity: 'warning',
        message: `affinity ClientIP does nothing: ${kind} has no rules, and its clients choose an endpoint themselves`,
        origin: { ...origin, path: ['spec', 'sessionAffinity'] },
        hint: 'take it away, or give the Service a cluster IP',
      },
    ];
  });
}

export const affinityHeadless: Rule = {
  code: 'affinity-headless',
  severity: 'warning',
  summary: 'A headless or ExternalName Service has affinity ClientIP',
  why: 'Affinity is kept by rules of virtual IPs, and such a Service has none. Take it away, or give the Service a cluster IP.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: None
  sessionAffinity: ClientIP  # <- affinity-headless
  ports: [{ port: 80 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: None
  ports: [{ port: 80 }]
`,
};

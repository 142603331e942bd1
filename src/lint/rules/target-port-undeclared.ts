/**
 * lint, rule: no selected Pod declares the number of a target port, though all of them declare ports of its protocol.
 * containerPort is only informational (core/v1, Container.ports), so this is a note.
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import { hasSelector, type Service, type Snapshot } from '../../read/types.js';
import { type Candidate, candidatesByNamespace, written } from '../candidates.js';
import type { Rule } from '../rule.js';
import { someOf } from '../vips.js';

function check(snapshot: Snapshot): readonly Diagnostic[] {
  const asking = snapshot.services.filter((service) => hasSelector(service) && service.spec.type !== 'ExternalName');
  if (asking.length === 0) return [];
  const candidates = candidatesByNamespace(snapshot);
  return sorted(asking).flatMap((service) => {
    const selector = written(service.spec.selector);
    if (Object.keys(selector).length === 0) return [];
    return undeclared(service, candidates.get(service.metadata.namespace)?.matching(selector) ?? []);
  });
}

function undeclared({ spec, origin }: Service, matching: readonly Candidate[]): readonly Diagnostic[] {
  const [first] = matching;
  if (!first) return [];
  return spec.ports.flatMap(({ targetPort, protocol }, i): readonly Diagnostic[] => {
    const of = matching.map(({ ports }) => ports.filter((port) => port.protocol === protocol));
    if (typeof targetPort !== 'number' || of.some((ports) => ports.length === 0)) return [];
    if (of.some((ports) => ports.some(({ port }) => port === targetPort))) return [];
    const declared = [...new Set(of.flat().map(({ port }) => port))].sort((a, b) => a - b);
    return [
      {
        code: 'target-port-undeclared',
        severity: 'note',
        message: `no Pod that it selects declares ${protocol} port ${targetPort}; they declare ${someOf(declared.map(String))}`,
        origin: { ...origin, path: ['spec', 'ports', i, 'targetPort'] },
        related: { message: `${first.origin.object} is one`, origin: first.origin },
        hint: 'where a target port is not given, it is the port of the Service',
      },
    ];
  });
}

export const targetPortUndeclared: Rule = {
  code: 'target-port-undeclared',
  severity: 'note',
  summary: 'A target port is a number, and the Pods that are selected declare others',
  why: 'A container may listen on ports that it does not declare, so this is a note; but where a Service says no target port, it is the port of the Service, and a container that listens on another refuses.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - port: 80
      targetPort: 80  # <- target-port-undeclared
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - port: 80
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
`,
};

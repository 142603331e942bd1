/**
 * lint, rule: a selector matches no Pod and no pod template of the namespace, and there is no near miss.
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import {
  hasSelector,
  keyOf,
  type Pod,
  type Service,
  type SkippedObject,
  type Snapshot,
  serviceOf,
} from '../../read/types.js';
import { candidatesByNamespace, written } from '../candidates.js';
import type { Rule } from '../rule.js';
import { checkSelectors } from '../selector.js';

function check(snapshot: Snapshot): readonly Diagnostic[] {
  const { services, slices, skipped, workloads, pods } = snapshot;
  const served = new Set(slices.filter(({ endpoints }) => endpoints.length > 0).map(serviceOf));
  const asking = services.filter((service) => selectsPods(service) && !served.has(keyOf(service)));
  if (asking.length === 0) return [];
  const candidates = candidatesByNamespace(snapshot);
  const idle = idleTemplates(snapshot);
  // Where Pods run, what may make Pods has made them; of manifests, what vipc does not read may still do.
  const running = new Set(pods.filter(isRunning).map(({ metadata }) => metadata.namespace));
  const isWhole = workloads.length > 0 && !skipped.some(mayMakePods);
  const found = sorted(asking).flatMap((service): readonly Diagnostic[] => {
    const here = candidates.get(service.metadata.namespace);
    const selector = written(service.spec.selector);
    // In a namespace without any candidate, the Pods are probably in another input.
    if (!here || Object.keys(selector).length === 0 || here.matching(selector).length > 0) return [];
    if (idle(service)) return [];
    const isCluster = running.has(service.metadata.namespace);
    return [finding(service, isCluster ? 'in a cluster' : isWhole ? 'in manifests' : 'perhaps')];
  });
  const near = found.length > 0 ? nearMisses(snapshot) : NONE;
  return found.filter(({ origin }) => !near.has(origin?.object));
}

const NONE: ReadonlySet<string | undefined> = new Set();

function nearMisses(snapshot: Snapshot): ReadonlySet<string | undefined> {
  const misses = checkSelectors(snapshot).filter(({ code }) => code === 'selector-near-miss');
  return new Set(misses.map(({ origin }) => origin?.object));
}

function selectsPods(service: Service): boolean {
  return hasSelector(service) && service.spec.type !== 'ExternalName';
}

/** Whether an object that is no candidate matches, such as a workload with 0 replicas or a Helm hook Pod. */
function idleTemplates({ workloads, pods }: Snapshot): (service: Service) => boolean {
  const all = [
    ...workloads.map(({ metadata, template }) => ({ namespace: metadata.namespace, labels: template.labels })),
    ...pods.map(({ metadata }) => metadata),
  ];
  const byLabel = new Map<string, (typeof all)[number][]>();
  for (const each of all) {
    for (const [key, value] of Object.entries(each.labels)) {
      const label = `${each.namespace} ${key}=${value}`;
      byLabel.set(label, [...(byLabel.get(label) ?? []).slice(0, MOST), each]);
    }
  }
  return ({ metadata, spec }) => {
    const selector = Object.entries(written(spec.selector));
    const [[key, value] = ['', '']] = selector;
    const some = byLabel.get(`${metadata.namespace} ${key}=${value}`) ?? [];
    return some.some(({ labels }) => selector.every(([key, value]) => labels[key] === value));
  };
}

/** Bounds the list of objects for each label. */
const MOST = 100;

/** Whether an object that vipc does not read may make Pods: a Job, a CronJob or a custom resource. */
function mayMakePods({ apiVersion, kind }: SkippedObject): boolean {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  if (kind === 'Job' || kind === 'CronJob') return true;
  return group.includes('.') && !group.endsWith('.k8s.io');
}

/** A Pod of a cluster: one of manifests has no status. */
function isRunning({ status, simulated }: Pod): boolean {
  return status.phase !== '' && simulated === undefined;
}

const HINTS = {
  'in a cluster':
    'it has no endpoint, and its clients are refused: write the labels that its Pods have, or start its workload, if it is scaled to 0',
  'in manifests': 'write the labels that its Pods have; they are matched exactly, and in the namespace of the Service',
  perhaps: 'something that is not in the input may make such Pods',
} as const;

function finding({ spec, origin }: Service, where: keyof typeof HINTS): Diagnostic {
  const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    code: 'selector-matches-nothing',
    severity: where === 'perhaps' ? 'note' : 'warning',
    message: `no Pod and no template of the namespace has ${selector.join(', ')}`,
    origin: { ...origin, path: ['spec', 'selector'] },
    hint: HINTS[where],
  };
}

export const selectorMatchesNothing: Rule = {
  code: 'selector-matches-nothing',
  severity: 'warning',
  summary: 'A selector finds no Pod and no template, in a namespace that has some',
  why: 'The Service has no endpoints, and its clients are refused. It is a note where the input has kinds that vipc does not read, which may make the Pods, and where it has Pods and nothing that makes them.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: cache }
spec:
  selector: { app: cache }  # <- selector-matches-nothing
  ports: [{ port: 6379 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web }] }
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: cache }
spec:
  selector: { app: cache }
  ports: [{ port: 6379 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cache }
spec:
  selector: { matchLabels: { app: cache } }
  template:
    metadata: { labels: { app: cache } }
    spec: { containers: [{ name: cache }] }
`,
};

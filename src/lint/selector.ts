/**
 * lint: Service selectors that match no Pod, and named target ports that no Pod has. In: the snapshot. Out: warnings
 * with the label or port, and the most similar existing one.
 */
import type { Diagnostic, Origin } from '../diag.js';
import { nearest, suggester } from '../near.js';
import { groupedBy, sorted } from '../order.js';
import { hasSelector, keyOf, type Service, type Snapshot, serviceOf } from '../read/types.js';
import { type Candidate, type Candidates, candidatesByNamespace, differing, written } from './candidates.js';
import type { Context } from './rule.js';

/**
 * Warnings: `selector-without-pods` (only templates match; a note where the cluster has slices of the Service),
 * `selector-near-miss` (one label differs), `target-port-name`.
 */
export function checkSelectors(snapshot: Snapshot, done: Context = { simulate: false }): readonly Diagnostic[] {
  const suggest = suggester();
  const listed = new Set(snapshot.slices.filter(({ synthetic }) => synthetic === undefined).map(serviceOf));
  const served = new Set(snapshot.slices.filter(({ endpoints }) => endpoints.length > 0).map(serviceOf));
  const asking = snapshot.services.filter((service) => asks(service, served.has(keyOf(service))));
  const candidates = asking.length === 0 ? NO_CANDIDATES : candidatesByNamespace(snapshot);
  return sorted(asking).flatMap((service) => {
    const key = keyOf(service);
    const here = candidates.get(service.metadata.namespace);
    const selector = written(service.spec.selector);
    if (!here || Object.keys(selector).length === 0) return [];
    const matching = here.matching(selector);
    const found = matching.some(({ template }) => !template) || served.has(key);
    if (matching.length === 0) return found ? [] : nearMiss(service, selector, here, suggest);
    const waiting = found || done.manifests ? [] : [withoutPods(service, matching, listed.has(key), done.simulate)];
    return [...waiting, ...targetPorts(service, matching)];
  });
}

const NO_CANDIDATES: ReturnType<typeof candidatesByNamespace> = new Map();

/** Whether a Service needs the check; skipping it saves time, because the check visits all Pods. */
function asks(service: Service, served: boolean): boolean {
  const { type, ports } = service.spec;
  const named = ports.some(({ targetPort }) => typeof targetPort === 'string');
  return hasSelector(service) && type !== 'ExternalName' && (named || !served);
}

function withoutPods(
  { origin }: Service,
  matching: readonly Candidate[],
  listed: boolean,
  simulated: boolean,
): Diagnostic {
  const [first] = matching;
  const others = matching.length > 1 ? ` and ${matching.length - 1} more` : '';
  return {
    code: 'selector-without-pods',
    severity: listed ? 'note' : 'warning',
    message: `no Pod is there for it yet: ${first?.origin.object}${others} would make Pods that it selects`,
    origin: { ...origin, path: ['spec', 'selector'] },
    // With --simulate another message explains why there are no Pods.
    ...(!simulated && { hint: '--simulate makes them' }),
  };
}

/** The most near misses that are compared. */
const MAX_MISSES = 50;

/** Reports a candidate that matches all labels but one; for a selector of one label, only a similar value. */
function nearMiss(
  service: Service,
  selector: Selector,
  here: Candidates,
  suggest: typeof nearest,
): readonly Diagnostic[] {
  const misses = missesOf(selector, here);
  const nearer = new Map(
    [...groupedBy(misses, ({ key }) => key)].map(([key, ofKey]) => {
      const values = new Set(ofKey.flatMap(({ candidate }) => candidate.labels[key] ?? []));
      return [key, suggest(selector[key] ?? '', [...values])];
    }),
  );
  const alike = misses.find(({ key, candidate: { labels } }) => {
    const near = nearer.get(key);
    return near !== undefined && labels[key] === near;
  });
  const miss = alike ?? (Object.keys(selector).length > 1 ? misses[0] : undefined);
  return miss ? [nearMissOf(service, miss.key, miss.candidate)] : [];
}

type Selector = Readonly<Record<string, string>>;

interface Miss {
  readonly key: string;
  readonly candidate: Candidate;
}

/** Candidates that miss exactly one label: each of them has at least one of any two labels of the selector. */
function missesOf(selector: Selector, here: Candidates): readonly Miss[] {
  const [first = '', second] = Object.keys(selector).sort();
  const lists =
    second === undefined
      ? [here.withKey(first)]
      : [here.withLabel(first, selector[first] ?? ''), here.withLabel(second, selector[second] ?? '')];
  const misses: Miss[] = [];
  for (const list of lists) {
    for (const candidate of list) {
      const [key, another] = differing(selector, candidate.labels);
      if (key !== undefined && another === undefined) misses.push({ key, candidate });
      if (misses.length === MAX_MISSES) return misses;
    }
  }
  return misses;
}

function nearMissOf({ spec, origin }: Service, key: string, { labels, origin: other, at }: Candidate): Diagnostic {
  const has = labels[key] === undefined ? `has no label ${key}` : `has ${key}=${labels[key]}`;
  const more = Object.keys(spec.selector ?? {}).length > 1 ? ' (the other labels match)' : '';
  return {
    code: 'selector-near-miss',
    severity: 'warning',
    message: `it selects ${key}=${spec.selector?.[key]}, which no Pod has${more === '' ? '' : ' with the rest of its selector'}`,
    origin: { ...origin, path: ['spec', 'selector', key] },
    related: { message: `${other.object} ${has}${more}`, origin: { ...other, path: [...at, key] } },
  };
}

/**
 * The EndpointSlice controller leaves out a named port for Pods without it (k8s.io/endpointslice, getEndpointPorts).
 */
function targetPorts({ spec, origin }: Service, matching: readonly Candidate[]): readonly Diagnostic[] {
  return spec.ports.flatMap(({ targetPort, protocol }, i) => {
    if (typeof targetPort === 'number') return [];
    const has = ({ ports }: Candidate) => ports.some((port) => port.name === targetPort && port.protocol === protocol);
    if (matching.some(has)) return [];
    return [targetPortName(targetPort, protocol, matching, { ...origin, path: ['spec', 'ports', i, 'targetPort'] })];
  });
}

function targetPortName(
  targetPort: string,
  protocol: string,
  matching: readonly Candidate[],
  origin: Origin,
): Diagnostic {
  const named = matching.flatMap(({ ports }) => ports).filter(({ name }) => name !== '');
  const listed = [...new Set(named.map(({ name, protocol, port }) => `${name} (${port}/${protocol})`))].sort();
  const near = nearest(targetPort, named.flatMap((port) => (port.protocol === protocol ? port.name : [])).sort());
  const who = matching[0]?.origin;
  const has = listed.length === 0 ? 'has no port with a name' : `has ${listed.slice(0, 5).join(', ')}`;
  return {
    code: 'target-port-name',
    severity: 'warning',
    message: `no Pod that it selects has a ${protocol} port with the name ${targetPort}, so nothing serves it`,
    origin,
    ...(who && { related: { message: `${who.object} ${has}`, origin: who } }),
    ...(near !== undefined && { hint: `did you mean ${near}?` }),
  };
}

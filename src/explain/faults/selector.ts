/**
 * explain, faults: the selector and the Pods that it matches ("Does the Service have any EndpointSlices?").
 */
import { nearest } from '../../near.js';
import { hasSelector, keyOf, type Pod, serviceOf, type Workload } from '../../read/types.js';
import { type About, count, finding, isAlive, labelText, missing, some } from '../about.js';
import type { Finding } from '../types.js';

/** The most specific reason why the selector matches no Pod, or no Pod that takes connections. */
export function selectorFaults(about: About): readonly Finding[] {
  const { service, selected, endpoints } = about;
  if (!hasSelector(service) || service.spec.type === 'ExternalName' || endpoints.some(({ usable }) => usable))
    return [];
  if (selected.length > 0) return notRunning(about);
  return [
    ...scaledDown(about),
    ...elsewhere(about),
    ...nearMisses(about),
    ...templates(about),
    ...nothingLike(about),
  ].slice(0, 1);
}

function where({ service }: About) {
  return { ...service.origin, path: ['spec', 'selector'] };
}

/** `its selector matches no pod (app=wbe; 2 pods have app=web)` */
function nearMisses(about: About): readonly Finding[] {
  const { service, snapshot } = about;
  const selector = service.spec.selector ?? {};
  const misses = snapshot.pods
    .filter((pod) => isAlive(pod) && pod.metadata.namespace === service.metadata.namespace)
    .flatMap((pod) => {
      const [first, another] = missing(service, pod.metadata.labels);
      return first && !another ? [{ pod, key: first[0], value: first[1], has: pod.metadata.labels[first[0]] }] : [];
    });
  const likely = misses.find(({ value, has }) => has !== undefined && nearest(value, [has]) === has);
  // Every other Pod misses a selector of a single label by one label: only a similar value is a near miss.
  const found = likely ?? (Object.keys(selector).length > 1 ? misses[0] : undefined);
  if (!found) return [];
  const { key, value, has } = found;
  const alike = misses.filter((each) => each.key === key && each.has === has).length;
  const verb = has === undefined ? (alike === 1 ? 'lacks' : 'lack') : alike === 1 ? 'has' : 'have';
  const label = has === undefined ? key : `${key}=${has}`;
  const fix =
    has === undefined
      ? `give the pods the label ${key}=${value}, or take ${key} out of spec.selector`
      : `set ${key}: ${has} in spec.selector, or give the pods ${key}=${value}`;
  const message = `its selector matches no pod (${labelText(selector)}; ${count(alike, 'pod')} ${verb} ${label})`;
  return [finding('selector', 'nobody', message, fix, { ...where(about), path: ['spec', 'selector', key] })];
}

function elsewhere(about: About): readonly Finding[] {
  const { service, snapshot } = about;
  const others = snapshot.pods.filter((pod) => isAlive(pod) && missing(service, pod.metadata.labels).length === 0);
  const [namespace, ...more] = [...new Set(others.map(({ metadata }) => metadata.namespace))].sort();
  if (namespace === undefined) return [];
  const pods = others.filter(({ metadata }) => metadata.namespace === namespace).length;
  const also = more.length > 0 ? `, and in ${some(more)}` : '';
  const message = `its selector matches no pod in namespace ${service.metadata.namespace}; ${count(pods, 'pod')} with ${labelText(service.spec.selector)} ${pods === 1 ? 'is' : 'are'} in namespace ${namespace}${also}`;
  const fix = `a Service selects pods of its own namespace: make the Service in ${namespace}`;
  return [finding('other-namespace', 'nobody', message, fix, where(about))];
}

function madeBy({ service, snapshot }: About): readonly Workload[] {
  return snapshot.workloads.filter(
    ({ metadata, template, owned }) =>
      !owned && metadata.namespace === service.metadata.namespace && missing(service, template.labels).length === 0,
  );
}

function scaledDown(about: About): readonly Finding[] {
  const made = madeBy(about);
  const [first] = made;
  if (!first || made.some(({ replicas }) => replicas > 0)) return [];
  const name = `${first.kind} ${first.metadata.name}`;
  const message = `its selector matches no pod: ${name}, which makes such pods, is scaled to 0`;
  const fix = `kubectl -n ${first.metadata.namespace} scale ${first.kind.toLowerCase()}/${first.metadata.name} --replicas=1, or more`;
  return [finding('scaled-to-0', 'nobody', message, fix, first.origin)];
}

function templates(about: About): readonly Finding[] {
  const [first] = madeBy(about);
  if (!first) return [];
  const name = `${first.kind} ${first.metadata.name}`;
  const message = `there is no pod yet: ${name} would make pods that it selects`;
  const fix = '--simulate makes them here; in a cluster see why they are not made: kubectl describe replicaset';
  return [finding('no-pod-yet', 'nobody', message, fix, where(about))];
}

function nothingLike(about: About): readonly Finding[] {
  const { service, snapshot, endpoints } = about;
  if (snapshot.pods.length === 0) {
    if (endpoints.length > 0) return [];
    const message = 'it has no endpoint, and the input has no pods to say why';
    const fix = `add the pods to the input: kubectl get pods -n ${service.metadata.namespace} -o yaml`;
    return [finding('no-endpoints', 'nobody', message, fix, where(about))];
  }
  const keys = Object.keys(service.spec.selector ?? {});
  const here = snapshot.pods.filter(({ metadata }) => metadata.namespace === service.metadata.namespace);
  const values = here.flatMap(({ metadata: { labels } }) =>
    keys.flatMap((key) => (labels[key] === undefined ? [] : `${key}=${labels[key]}`)),
  );
  const others = values.length > 0 ? ` (pods here have ${some(values.sort())})` : '';
  const message = `its selector matches no pod: none has ${labelText(service.spec.selector)}${others}`;
  const fix = `correct spec.selector, or make the pods: kubectl get pods -n ${service.metadata.namespace} --show-labels`;
  return [finding('selector', 'nobody', message, fix, where(about))];
}

/** The selector matches Pods, but none of them takes connections. */
function notRunning(about: About): readonly Finding[] {
  const { selected } = about;
  const [first] = selected;
  if (!first) return [];
  const pods = selected.length === 1 ? `its only pod ${first.metadata.name} is` : `all ${selected.length} pods are`;
  const ended = selected.length === 1 ? `its only pod ${first.metadata.name} has` : `all ${selected.length} pods have`;
  const at = first.origin;
  const named = `kubectl -n ${first.metadata.namespace} describe pod ${first.metadata.name}`;
  const every = (test: (pod: Pod) => boolean) => selected.every(test);
  if (every((pod) => !isAlive(pod)))
    return [
      finding(
        'pods-ended',
        'nobody',
        `${ended} ended (${some(selected.map(({ status }) => status.phase))})`,
        named,
        at,
      ),
    ];
  if (every(({ terminating }) => terminating))
    return [
      finding('terminating', 'nobody', `${pods} terminating`, `see what deletes them, and scale up: ${named}`, at),
    ];
  if (every(({ status }) => status.phase === 'Pending' || status.podIPs.length === 0)) {
    const placed = selected.some(({ spec }) => spec.nodeName);
    const fix = placed ? `see why it does not start (image, volumes): ${named}` : `see why no Node takes it: ${named}`;
    return [finding('pending', 'nobody', `${pods} Pending, without an address`, fix, at)];
  }
  if (every(({ status, terminating }) => !status.ready || terminating))
    return [
      finding('not-ready', 'nobody', `${pods} not ready`, `see which readiness probe fails, and why: ${named}`, at),
    ];
  return [];
}

/** A Service of the same name in another namespace has endpoints, and no near miss explains why this one has none. */
export function namesakes(about: About): readonly Finding[] {
  const { snapshot, service, key, endpoints } = about;
  const [fault] = selectorFaults(about);
  if (endpoints.length > 0 || (fault && fault.code !== 'no-endpoints' && fault.code !== 'selector')) return [];
  if (nearMisses(about).length > 0 || service.spec.type === 'ExternalName') return [];
  const served = new Set(snapshot.slices.filter((slice) => slice.endpoints.length > 0).map(serviceOf));
  const others = snapshot.services.filter(
    (other) => other.metadata.name === service.metadata.name && keyOf(other) !== key && served.has(keyOf(other)),
  );
  const [first] = others;
  if (!first) return [];
  const there = some(others.map(({ metadata }) => metadata.namespace));
  const message = `it has no endpoint, but a Service of the same name in namespace ${there} has some`;
  const { name, namespace } = first.metadata;
  const fix = `if that one is meant, clients of other namespaces must ask for ${name}.${namespace}; -n ${namespace} explains it`;
  return [finding('namesake', 'nobody', message, fix, service.origin)];
}

/**
 * cli: the arguments of `vipc expose`: `TYPE NAME` or `TYPE/NAME`, then paths.
 */
import { show } from '../diag.js';
import type { Exposed } from '../kubectl/expose.js';

/** The names of each resource. */
const RESOURCES: readonly { readonly kind: Exposed['kind']; readonly names: readonly string[] }[] = [
  { kind: 'Deployment', names: ['deployment', 'deployments', 'deploy', 'deployment.apps', 'deployments.apps'] },
  { kind: 'Pod', names: ['pod', 'pods', 'po'] },
  { kind: 'ReplicationController', names: ['replicationcontroller', 'replicationcontrollers', 'rc'] },
  { kind: 'ReplicaSet', names: ['replicaset', 'replicasets', 'rs', 'replicaset.apps', 'replicasets.apps'] },
  { kind: 'Service', names: ['service', 'services', 'svc'] },
];

/** Resources with pods that kubectl does not expose. */
const REFUSED: Readonly<Record<string, string>> = {
  statefulset: 'StatefulSet',
  statefulsets: 'StatefulSet',
  sts: 'StatefulSet',
  daemonset: 'DaemonSet',
  daemonsets: 'DaemonSet',
  ds: 'DaemonSet',
  job: 'Job',
  jobs: 'Job',
};

/** What is exposed, and the paths behind it. An argument that names nothing of that is an Error. */
export function exposableOf(args: readonly string[]): {
  readonly kind: Exposed['kind'];
  readonly name: string;
  readonly paths: readonly string[];
} {
  const [first = '', ...rest] = args;
  const [word = '', joined, ...more] = first.split('/');
  const [name, paths] = joined === undefined ? [rest[0], rest.slice(1)] : [joined, rest];
  const resource = word.toLowerCase();
  if (Object.hasOwn(REFUSED, resource)) {
    throw new Error(
      `kubectl does not expose a ${REFUSED[resource]}: expose one of its Pods, or a Deployment with the same labels`,
    );
  }
  const found = RESOURCES.find(({ names }) => names.includes(resource));
  if (!found || more.length > 0)
    throw new Error(`${show(first)} is nothing to expose: deployment, pod, rc, replicaset or service, then its NAME`);
  if (name === undefined || name === '')
    throw new Error(`name the ${found.kind}: vipc expose ${resource} NAME [PATH...]`);
  return { kind: found.kind, name, paths };
}

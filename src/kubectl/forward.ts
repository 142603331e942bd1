/**
 * kubectl: a Service or Pod × the ports of `kubectl port-forward` → where each of them leads. The rules are those of kubectl
 * 1.36 (pkg/cmd/portforward, pkg/util/service_port.go), which takes one Pod; here the others that run follow it.
 */
import {
  type ContainerPort,
  hasSelector,
  isHeadless,
  type Pod,
  type Service,
  type ServicePortSpec,
  type Snapshot,
  serviceOf,
} from '../read/types.js';
import { bestFirst } from './pods.js';

/** `[LOCAL:]REMOTE`. */
export interface PortSpec {
  /** 0 for any free port; absent for the same as the remote one. */
  readonly local?: number;
  readonly remote: number | string;
}

/** Where a local port leads. */
export interface Forward {
  readonly local: number;
  /** The best first. */
  readonly endpoints: readonly ForwardEndpoint[];
}

export interface ForwardEndpoint {
  readonly address: string;
  readonly port: number;
  /** `Pod default/web-1`; absent for an endpoint of a slice. */
  readonly pod?: string;
}

export type Forwarding = { readonly forwards: readonly Forward[] } | { readonly problem: string };

/** Where ports of a Pod lead. */
export function forwardPod(pod: Pod, specs: readonly PortSpec[]): Forwarding {
  const problem = unusable(pod);
  if (problem !== undefined) return { problem };
  return all(specs, ({ local, remote }) => {
    const port = containerPort(pod, remote);
    if (port === undefined) return { problem: `${nameOf(pod)} has no port named ${remote}` };
    if (isOnlyUdp(pod.spec.ports, port)) return { problem: udp(remote) };
    return { local: local ?? port, endpoints: [endpointOf(pod, port)] };
  });
}

/** Where ports of a Service lead. */
export function forwardService(service: Service, snapshot: Snapshot, specs: readonly PortSpec[]): Forwarding {
  const { metadata, spec } = service;
  const name = `Service ${metadata.namespace}/${metadata.name}`;
  if (!hasSelector(service)) return { problem: `${name} has no selector, so it has no Pods to forward to` };
  const pods = bestFirst(snapshot.pods, metadata.namespace, spec.selector ?? {});
  const [first] = pods;
  const problem = first && unusable(first);
  if (problem !== undefined) return { problem };
  return all(specs, ({ local, remote }) => {
    const port = spec.ports.find(({ name, port }) => (typeof remote === 'number' ? port === remote : name === remote));
    if (!port) return { problem: `${name} has no port ${remote}` };
    if (isOnlyUdp(spec.ports, port.port)) return { problem: udp(remote) };
    const endpoints = first ? podEndpoints(service, port, pods) : sliceEndpoints(service, port, snapshot);
    if (endpoints.length > 0) return { local: local ?? port.port, endpoints };
    if (first) return { problem: `${nameOf(first)} has no port named ${port.targetPort}, the target port of ${name}` };
    return { problem: `${name} has neither Pods nor ready endpoints in the input` };
  });
}

/** kubectl fails when its Pod does not have a named port; a later one without it is left out. */
function podEndpoints(service: Service, { port, targetPort }: ServicePortSpec, pods: readonly Pod[]) {
  const to = isHeadless(service) ? port : targetPort;
  const ports = pods.map((pod) => containerPort(pod, to));
  if (ports[0] === undefined) return [];
  return pods.flatMap((pod, i) => {
    const number = ports[i];
    return number === undefined || unusable(pod) !== undefined ? [] : [endpointOf(pod, number)];
  });
}

/** The ready endpoints of a dump without Pods. */
function sliceEndpoints(service: Service, { name, protocol }: ServicePortSpec, { slices }: Snapshot) {
  const { namespace, name: called } = service.metadata;
  return slices
    .filter((slice) => slice.addressType !== 'FQDN' && serviceOf(slice) === `${namespace}/${called}`)
    .flatMap(({ endpoints, ports }) => {
      const port = ports.find((each) => each.name === name && each.protocol === protocol)?.port;
      if (port === undefined) return [];
      return endpoints
        .filter(({ conditions }) => conditions.ready !== false)
        .flatMap(({ addresses: [address] }) => (address === undefined ? [] : [{ address, port }]));
    });
}

/** Why nothing can be forwarded to the Pod. */
function unusable(pod: Pod): string | undefined {
  const { phase, podIPs } = pod.status;
  if (phase !== 'Running') return `${nameOf(pod)} is not running: its phase is ${phase === '' ? 'not known' : phase}`;
  return podIPs.length === 0 ? `${nameOf(pod)} has no address yet` : undefined;
}

function endpointOf(pod: Pod, port: number): ForwardEndpoint {
  return { address: pod.status.podIPs[0] ?? '', port, pod: nameOf(pod) };
}

function nameOf({ metadata }: Pod): string {
  return `Pod ${metadata.namespace}/${metadata.name}`;
}

function containerPort({ spec }: Pod, port: number | string): number | undefined {
  return typeof port === 'number' ? port : spec.ports.find(({ name }) => name === port)?.port;
}

/** A number that is declared for UDP, and not for TCP, too; any other may be TCP. */
function isOnlyUdp(ports: readonly Pick<ContainerPort, 'port' | 'protocol'>[], port: number): boolean {
  const protocols = ports.filter((each) => each.port === port).map(({ protocol }) => protocol);
  return protocols.includes('UDP') && !protocols.includes('TCP');
}

function udp(remote: number | string): string {
  return `port ${remote} is UDP, and only TCP can be forwarded`;
}

/** One Forward for each port, or the first problem. */
function all(
  specs: readonly PortSpec[],
  forwardOf: (spec: PortSpec) => Forward | { readonly problem: string },
): Forwarding {
  const forwards: Forward[] = [];
  for (const spec of specs) {
    const found = forwardOf(spec);
    if ('problem' in found) return found;
    forwards.push(found);
  }
  return { forwards };
}

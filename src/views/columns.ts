/**
 * views: the cells of kubectl's table of Services (k/k pkg/printers/internalversion/printers.go, printService).
 */
import type { Service } from '../read/types.js';
import { NONE } from '../table.js';

/** `a=b,c=d`, by key; `<none>` for no labels (apimachinery, labels.FormatLabels). */
export function labelsText(labels: Readonly<Record<string, string>> = {}): string {
  const parts = Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`);
  return parts.join(',') || NONE;
}

/** The first cluster IP; `None` for a headless Service. */
export function clusterIpText({ spec }: Service): string {
  return spec.clusterIPs[0] ?? NONE;
}

/** The narrow table cuts load balancers to this width (loadBalancerWidth). */
const LOAD_BALANCER_WIDTH = 16;

/** The addresses for clients outside the cluster: those of load balancers, then external IPs. */
export function externalIpText(service: Service, wide: boolean): string {
  const { spec } = service;
  if (spec.type === 'ExternalName') return spec.externalName;
  if (spec.type !== 'LoadBalancer') return spec.externalIPs.join(',') || NONE;
  const balancers = loadBalancerText(service, wide);
  return [...(balancers === '' ? [] : [balancers]), ...spec.externalIPs].join(',') || '<pending>';
}

function loadBalancerText({ status }: Service, wide: boolean): string {
  const names = status.loadBalancer.ingress
    .map(({ ip, hostname }) => ip ?? hostname ?? '')
    .filter((name) => name !== '');
  const text = [...new Set(names)].sort().join(',');
  return wide || text.length <= LOAD_BALANCER_WIDTH ? text : `${text.slice(0, LOAD_BALANCER_WIDTH - 3)}...`;
}

/** `80:30080/TCP,53/UDP` */
export function portsText({ spec }: Service): string {
  const ports = spec.ports.map(
    ({ port, nodePort, protocol }) => `${port}${nodePort === 0 ? '' : `:${nodePort}`}/${protocol}`,
  );
  return ports.join(',') || NONE;
}

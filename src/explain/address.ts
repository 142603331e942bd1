/**
 * explain: an address → whose it is: a Service, a Pod, a Node, a range that such addresses come from, or nobody.
 */
import { contains, type Ip, parseCidr } from '../ip.js';
import { keyOf, type Pod, type Service, type Snapshot } from '../read/types.js';
import { isAlive } from './about.js';

/** Who has an address. */
export interface Claim {
  readonly kind: 'Service' | 'Pod' | 'Node' | 'endpoint' | 'range';
  /** `cluster IP of Service default/web` */
  readonly text: string;
  readonly service?: Service;
  readonly pod?: Pod;
}

/** All that have it; of several ports of a Service only those that are asked for. */
export function claimsTo(snapshot: Snapshot, ip: Ip, port?: number): readonly Claim[] {
  const { services, pods, nodes } = snapshot;
  const has = (texts: readonly string[]) => texts.includes(ip.text);
  return [
    ...services.flatMap((service) => ofService(service, ip, port)),
    ...pods.flatMap((pod): readonly Claim[] =>
      has(pod.status.podIPs) && isAlive(pod)
        ? [
            {
              kind: 'Pod',
              text: `address of Pod ${keyOf(pod)}${pod.spec.hostNetwork ? ', which has that of its node' : ''}`,
              pod,
            },
          ]
        : [],
    ),
    ...endpointsAt(snapshot, ip),
    ...nodes.flatMap(({ metadata, addresses, podCIDRs }): readonly Claim[] => {
      const own = addresses.find(({ address }) => address === ip.text);
      if (own) return [{ kind: 'Node', text: `${own.type} of Node ${metadata.name}` }, ...nodePorts(services, port)];
      return podCIDRs.some((text) => isIn(text, ip))
        ? [{ kind: 'range', text: `in the pod network of Node ${metadata.name}` }]
        : [];
    }),
    ...snapshot.serviceCIDRs.flatMap(({ metadata, cidrs }): readonly Claim[] =>
      cidrs.some((text) => isIn(text, ip))
        ? [{ kind: 'range', text: `in the range of cluster IPs, ServiceCIDR ${metadata.name}` }]
        : [],
    ),
    ...snapshot.ipAddresses.flatMap((each): readonly Claim[] =>
      each.ip === ip.text
        ? [
            {
              kind: 'range',
              text: `given to ${each.parent.resource} ${each.parent.namespace}/${each.parent.name} (IPAddress)`,
            },
          ]
        : [],
    ),
  ];
}

function isIn(text: string, ip: Ip): boolean {
  const cidr = parseCidr(text);
  return cidr !== undefined && cidr.family === ip.family && contains(cidr, ip);
}

function ofService(service: Service, ip: Ip, port: number | undefined): readonly Claim[] {
  const { spec, status } = service;
  const kinds = [
    ['cluster IP', spec.clusterIPs],
    ['external IP', spec.externalIPs],
    ['load balancer address', status.loadBalancer.ingress.flatMap((each) => each.ip ?? [])],
  ] as const;
  const found = kinds.filter(([, ips]) => ips.includes(ip.text)).map(([kind]) => kind);
  if (found.length === 0) return [];
  const ports = spec.ports.map((each) => `${each.port}/${each.protocol}`);
  const lacks = port !== undefined && !spec.ports.some((each) => each.port === port);
  const on = lacks ? `, which has no port ${port} (it has ${ports.join(', ')})` : '';
  return [{ kind: 'Service', text: `${found.join(' and ')} of Service ${keyOf(service)}${on}`, service }];
}

/** The Service whose node port it is. */
function nodePorts(services: readonly Service[], port: number | undefined): readonly Claim[] {
  if (port === undefined) return [];
  return services
    .filter(({ spec }) => spec.ports.some(({ nodePort }) => nodePort === port))
    .map((service) => ({ kind: 'Service', text: `${port} is a node port of Service ${keyOf(service)}`, service }));
}

function endpointsAt({ slices, pods }: Snapshot, ip: Ip): readonly Claim[] {
  if (pods.some(({ status }) => status.podIPs.includes(ip.text))) return [];
  return slices
    .filter(({ endpoints }) => endpoints.some(({ addresses }) => addresses.includes(ip.text)))
    .map(({ metadata }) => ({
      kind: 'endpoint',
      text: `endpoint of EndpointSlice ${metadata.namespace}/${metadata.name}`,
    }));
}

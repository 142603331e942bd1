/**
 * explain: an IP address → its owners: Services, Pods, Nodes, endpoints, or an address range that contains it.
 */
import { contains, type Ip, parseCidr } from '../ip.js';
import { keyOf, type Pod, type Service, type Snapshot, serviceOf } from '../read/types.js';
import { isAlive } from './about.js';
import type { Explanation } from './types.js';

/** An owner of an address, or a range that contains it. */
export interface Claim {
  readonly kind: 'Service' | 'Pod' | 'Node' | 'endpoint' | 'range';
  /** `cluster IP of Service default/web` */
  readonly text: string;
  readonly service?: Service;
  /** The Service does not have the port of the question. */
  readonly lacksPort?: true;
  /** The Service is not served at the address, though the port is one of its node ports. */
  readonly unserved?: true;
  readonly pod?: Pod;
}

/** All owners and ranges. `port` adds the Services with that node port, and marks Services without that port. */
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

/** The page that lists the owners of the address; Services and Pods have their own pages. */
export function addressPage(ip: Ip, claims: readonly Claim[]): Explanation {
  const owners = claims.filter(({ kind }) => kind !== 'range');
  const texts = (owners.length > 0 ? owners : claims).map(({ text }) => text);
  const verdict =
    texts.length === 0
      ? `${ip.text} is the address of nothing in this input`
      : `${ip.text} is ${texts.map(withArticle).join('; and ')}`;
  const problem = (code: string, fix: string): Explanation['findings'] => [
    { code, severity: 'problem', effect: 'nobody', message: verdict, fix },
  ];
  const findings =
    owners.length === 0
      ? problem(
          'no-owner',
          'add what is missing to the input: kubectl get services,endpointslices,pods,nodes -A -o yaml',
        )
      : claims.some(({ lacksPort }) => lacksPort)
        ? problem('no-such-port', 'ask for a port that the Service has, or add it to spec.ports')
        : claims.some(({ unserved }) => unserved)
          ? problem('not-on-loopback', ELSEWHERE)
          : [];
  const nothing = { fields: [], matrices: [], unused: [], shares: [], names: [], questions: [], tables: [] };
  return { subject: ip.text, verdict, findings, ...nothing };
}

const ELSEWHERE =
  'ask an address of the node; for 127.0.0.1, localhostNodePorts in iptables mode, or nodePortAddresses that name it in nftables mode';

function withArticle(text: string): string {
  return /^(?:cluster|address|load|endpoint|external|loopback|Internal|External)/.test(text) ? `the ${text}` : text;
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
  return [
    {
      kind: 'Service',
      text: `${found.join(' and ')} of Service ${keyOf(service)}${on}`,
      service,
      ...(lacks && { lacksPort: true as const }),
    },
  ];
}

/** The Services that have `port` as a node port, or for their health checks, which every node answers. */
function nodePorts(services: readonly Service[], port: number | undefined): readonly Claim[] {
  if (port === undefined) return [];
  return services.flatMap((service): readonly Claim[] => {
    const { ports, healthCheckNodePort } = service.spec;
    const claim = (what: string): Claim => {
      return { kind: 'Service', text: `${port} is ${what} of Service ${keyOf(service)}`, service };
    };
    if (ports.some(({ nodePort }) => nodePort === port)) return [claim('a node port')];
    return healthCheckNodePort === port ? [claim('the health check node port')] : [];
  });
}

function endpointsAt({ slices, pods, services }: Snapshot, ip: Ip): readonly Claim[] {
  if (pods.some(({ status }) => status.podIPs.includes(ip.text))) return [];
  return slices
    .filter(({ endpoints }) => endpoints.some(({ addresses }) => addresses.includes(ip.text)))
    .map((slice) => {
      const service = services.find((each) => keyOf(each) === serviceOf(slice));
      const of = service ? `Service ${keyOf(service)}, in ` : '';
      const { namespace, name } = slice.metadata;
      return { kind: 'endpoint', text: `endpoint of ${of}EndpointSlice ${namespace}/${name}` };
    });
}

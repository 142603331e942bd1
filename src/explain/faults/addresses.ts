/**
 * explain, faults: problems of the type of the Service, and of its addresses.
 */
import { contains, parseCidr, parseIp } from '../../ip.js';
import { groupedBy } from '../../order.js';
import { ipFamilyOf, isHeadless, keyOf, type Service } from '../../read/types.js';
import { isOurs } from '../../resolve/resolve.js';
import { type About, finding, some } from '../about.js';
import type { Finding } from '../types.js';

/** ExternalName, headless, left to another proxy, or without a cluster IP: kube-proxy makes no rules for it. */
export function kindFaults(about: About): readonly Finding[] {
  const { service, snapshot } = about;
  const { spec, origin, metadata } = service;
  if (spec.type === 'ExternalName') return externalName(about);
  if (!isOurs(service)) {
    const proxy = metadata.labels['service.kubernetes.io/service-proxy-name'];
    const message =
      proxy === undefined
        ? 'its label service.kubernetes.io/headless tells kube-proxy to ignore it'
        : `its label service.kubernetes.io/service-proxy-name: ${proxy} leaves it to another proxy`;
    const fix = 'take the label away, or see whether that proxy runs';
    return [finding('other-proxy', 'nobody', message, fix, { ...origin, path: ['metadata', 'labels'] })];
  }
  if (isHeadless({ spec })) {
    const [translated] = spec.ports.filter(
      ({ port, targetPort }) => typeof targetPort === 'string' || port !== targetPort,
    );
    if (!translated) return [];
    const { port, targetPort } = translated;
    const message = `it is headless, so port ${port} is not translated to ${targetPort}: DNS gives clients the addresses of pods, where nothing listens on ${port}`;
    const fix = `let clients use port ${targetPort}, or make a Service with a cluster IP (without clusterIP: None)`;
    return [finding('headless', 'some', message, fix, { ...origin, path: ['spec', 'clusterIP'] })];
  }
  if (spec.clusterIPs.length > 0) return [];
  const fix = 'an API server allocates one; --simulate makes one up here';
  const at = { ...origin, path: ['spec'] };
  const slices = snapshot.slices.length > 0 ? ' in this input' : '';
  return [finding('no-cluster-ip', 'nobody', `it has no cluster IP${slices}, so it has no rules`, fix, at)];
}

function externalName({ service, snapshot }: About): readonly Finding[] {
  const { externalName: target, selector } = service.spec;
  const at = { ...service.origin, path: ['spec', 'externalName'] };
  if (parseIp(target)) {
    const message = `its externalName ${target} is an IP address, which DNS takes for a name that does not exist`;
    const fix = `make a Service without selector, and an EndpointSlice that has ${target}`;
    return [finding('external-name', 'nobody', message, fix, at)];
  }
  const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/.exec(target) ?? [];
  const isLost = name !== undefined && !snapshot.services.some((other) => keyOf(other) === `${namespace}/${name}`);
  if (isLost) {
    const message = `its externalName ${target} is a Service that is not in the input`;
    return [
      finding(
        'external-name',
        'nobody',
        message,
        `correct externalName, or make Service ${name} in namespace ${namespace}`,
        at,
      ),
    ];
  }
  if (Object.keys(selector ?? {}).length === 0) return [];
  const message = `it is an ExternalName, so its selector is not used: DNS leads to ${target}`;
  const fix = 'change spec.type to ClusterIP, or take the selector away';
  return [finding('external-name', 'none', message, fix, { ...service.origin, path: ['spec', 'type'] }, 'problem')];
}

/** Problems of addresses: shared with other Services or Nodes, load balancers, node ports, affinity. */
export function addressFaults(about: About): readonly Finding[] {
  const { spec } = about.service;
  if (spec.type === 'ExternalName' || isHeadless({ spec })) return [];
  return [
    ...shared(about),
    ...nodesOwn(about),
    ...balancer(about),
    ...sourceRanges(about),
    ...nodePort(about),
    ...affinity(about),
  ];
}

/** An address and port, or a node port, that another Service has too: the first matching rule wins. */
function shared({ service, snapshot, key }: About): readonly Finding[] {
  const mine = new Set(claimsOf(service));
  return snapshot.services
    .filter((other) => keyOf(other) !== key)
    .flatMap((other) => {
      const [both] = claimsOf(other).filter((claim) => mine.has(claim));
      if (both === undefined) return [];
      const message = `${both} is also an address of Service ${keyOf(other)}: only one of the two is reached there`;
      return [
        finding('duplicate-address', 'some', message, 'give one of the two another address or port', service.origin),
      ];
    });
}

/** `192.0.2.1 port 80/TCP`, `node port 30080/TCP`. */
function claimsOf({ spec, status }: Service): readonly string[] {
  const balancers = status.loadBalancer.ingress.flatMap(({ ip, ipMode }) =>
    ip !== undefined && ipMode === 'VIP' ? [ip] : [],
  );
  const ips = [...spec.clusterIPs.filter((ip) => ip !== 'None'), ...spec.externalIPs, ...balancers];
  return spec.ports.flatMap(({ port, protocol, nodePort }) => [
    ...ips.map((ip) => `${ip} port ${port}/${protocol}`),
    ...(nodePort === 0 ? [] : [`node port ${nodePort}/${protocol}`]),
  ]);
}

function nodesOwn({ service, snapshot }: About): readonly Finding[] {
  const { spec, status, origin } = service;
  const ips = [
    ...spec.externalIPs,
    ...status.loadBalancer.ingress.flatMap(({ ip, ipMode }) => (ip !== undefined && ipMode === 'VIP' ? [ip] : [])),
  ];
  return ips.flatMap((ip, i) => {
    const node = snapshot.nodes.find(({ addresses }) => addresses.some(({ address }) => address === ip));
    if (!node) return [];
    const what = i < spec.externalIPs.length ? 'external IP' : 'load balancer address';
    const ports = some(spec.ports.map(({ port, protocol }) => `${port}/${protocol}`));
    const message = `its ${what} ${ip} is the address of Node ${node.metadata.name}: it takes ${ports} of that node away, on every node`;
    const at = i < spec.externalIPs.length ? { ...origin, path: ['spec', 'externalIPs', i] } : origin;
    return [
      finding(
        'node-address',
        'some',
        message,
        'use an address that is routed to the nodes but is none of theirs, or a node port',
        at,
      ),
    ];
  });
}

function balancer({ service }: About): readonly Finding[] {
  const { spec, status, origin } = service;
  if (spec.type !== 'LoadBalancer') return [];
  const { ingress } = status.loadBalancer;
  if (ingress.length === 0) {
    const message = 'its load balancer is pending: no address was given to it, so clients outside have none';
    const fix =
      'see whether a load balancer controller (cloud, MetalLB) runs, and its events: kubectl describe service';
    return [finding('pending-load-balancer', 'some', message, fix, { ...origin, path: ['spec', 'type'] })];
  }
  const viaNodePorts = ingress.some(({ ip, ipMode }) => ip === undefined || ipMode === 'Proxy');
  const [without] = spec.ports.filter(({ nodePort }) => nodePort === 0);
  if (!viaNodePorts || !without) return [];
  const why = spec.allocateLoadBalancerNodePorts ? '' : ' (allocateLoadBalancerNodePorts is false)';
  const message = `its port ${without.port}/${without.protocol} has no node port${why}, which its load balancer delivers to`;
  return [
    finding('node-port-unset', 'some', message, 'set allocateLoadBalancerNodePorts: true, or spec.ports[].nodePort', {
      ...origin,
      path: ['spec', 'ports'],
    }),
  ];
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].flatMap(
  (text) => parseCidr(text) ?? [],
);

function isPrivate(text: string): boolean {
  const ip = parseIp(text.replace(/\/.*/, ''));
  return ip !== undefined && PRIVATE.some((cidr) => cidr.family === ip.family && contains(cidr, ip));
}

function sourceRanges({ service }: About): readonly Finding[] {
  const { spec, status, origin } = service;
  const { loadBalancerSourceRanges: ranges } = spec;
  if (ranges.length === 0) return [];
  const at = { ...origin, path: ['spec', 'loadBalancerSourceRanges'] };
  const fix = 'add the addresses of the clients to spec.loadBalancerSourceRanges';
  if (spec.type !== 'LoadBalancer')
    return [
      finding(
        'source-ranges',
        'none',
        'its loadBalancerSourceRanges apply to load balancers only, and it is none',
        'take them away, or use a NetworkPolicy',
        at,
      ),
    ];
  const ips = status.loadBalancer.ingress.flatMap(({ ip }) => ip ?? []);
  const letIn = (own: readonly string[], where: string) =>
    `only clients in ${some(own)} are let in at ${where}; all others are dropped`;
  if (ips.length === 0) return [finding('source-ranges', 'none', letIn(ranges, 'its load balancer'), fix, at)];
  // Ranges hold for addresses of their own family; a family that has none lets everybody in.
  return [...groupedBy(ips, ipFamilyOf)].map(([family, addresses]) => {
    const own = ranges.filter((range) => ipFamilyOf(range) === family);
    const where = some(addresses);
    if (own.length === 0) {
      const message = `everybody is let in at ${where}, as no source range is ${family}`;
      const everything = family === 'IPv4' ? '0.0.0.0/0' : '::/0';
      const add = `add the ${family} ranges that are meant, or ${everything} if everyone is`;
      return finding('source-ranges', 'none', message, add, at);
    }
    const isClosed = addresses.some((each) => !isPrivate(each)) && own.every(isPrivate);
    const why = isClosed ? ', and these are private addresses: no client from the Internet has one' : '';
    return finding('source-ranges', isClosed ? 'some' : 'none', `${letIn(own, where)}${why}`, fix, at);
  });
}

function nodePort({ service }: About): readonly Finding[] {
  const { spec, origin } = service;
  const [without] = spec.ports.filter((port) => port.nodePort === 0);
  if (spec.type !== 'NodePort' || !without) return [];
  const message = `it is of type NodePort, but port ${without.port}/${without.protocol} has no node port`;
  return [
    finding('node-port-unset', 'some', message, 'an API server allocates one; --simulate makes one up here', {
      ...origin,
      path: ['spec', 'ports'],
    }),
  ];
}

/** ClientIP affinity goes by the source address; behind a proxying load balancer that is the proxy's address. */
function affinity({ service }: About): readonly Finding[] {
  const { spec, status, origin } = service;
  if (spec.sessionAffinity !== 'ClientIP') return [];
  const at = { ...origin, path: ['spec', 'sessionAffinity'] };
  const proxies = status.loadBalancer.ingress.filter(({ ip, ipMode }) => ip === undefined || ipMode === 'Proxy');
  if (spec.type !== 'LoadBalancer' || proxies.length === 0) return [];
  const message = `session affinity ClientIP tells clients by their address, but its load balancer is a proxy: all clients outside have the same few addresses, and stay on one endpoint for ${spec.affinityTimeoutSeconds} s`;
  const fix = 'let the load balancer keep clients on an endpoint (cookies), and set sessionAffinity: None';
  return [finding('affinity', 'load', message, fix, at)];
}

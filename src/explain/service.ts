/**
 * explain: one Service → its page. In: the snapshot, the diagnostics about the Service, the options of the proxy. Out:
 * an Explanation.
 */
import { backendFor } from '../backends/index.js';
import { CLUSTERSET_DOMAIN } from '../clusters/clusterset-dns.js';
import type { Diagnostic } from '../diag.js';
import { recordsOf } from '../discover/dns/records.js';
import type { Options } from '../options.js';
import { placeText } from '../read/locate.js';
import { hasSelector, isHeadless, type Service, type Snapshot } from '../read/types.js';
import { type About, aboutService, count, finding, labelText, some } from './about.js';
import { faultsOf } from './faults.js';
import { gateOf } from './gate.js';
import { matricesOf } from './matrix.js';
import { MOST_NODES, nodesToAsk, onNode, partOf, servedOn } from './on-nodes.js';
import { podRows, rowsTable } from './policies.js';
import { questionsOf } from './questions.js';
import { shareFindings, sharesOf } from './shares.js';
import type { Explanation, Finding, Matrix, OnLiveNode } from './types.js';
import { unusedOf } from './unused.js';

/** Facts from a live node, beyond the snapshot. */
export interface Beyond {
  /** Findings about the node: differing rules, foreign rules, kernel parameters. */
  readonly findings: readonly Finding[];
  readonly live: OnLiveNode;
}

/** What is known beyond the snapshot and the options of the proxy. */
export interface Further {
  readonly beyond?: Beyond | undefined;
  /** How rules are arranged; by default as the mode has it first. */
  readonly layout?: string | undefined;
  /** The domain of the cluster's DNS. */
  readonly domain?: string;
}

/** `said`: the diagnostics of reading and lint about the Service. */
export function explainService(
  snapshot: Snapshot,
  service: Service,
  said: readonly Diagnostic[],
  options: Options,
  { beyond, layout, domain = 'cluster.local' }: Further = {},
): Explanation {
  const about = aboutService(snapshot, service, said);
  const part = partOf(snapshot, service);
  const asked = nodesToAsk(about, options);
  const nodes = asked.slice(0, MOST_NODES).flatMap((node) => onNode(part, service, node, options, layout) ?? []);
  const gate = gateOf(about);
  const matrices = matricesOf(about, nodes, options, gate);
  const everywhere = snapshot.nodes.map(({ metadata }) => servedOn(part, service, metadata.name, options));
  const shares = sharesOf(about, everywhere, backendFor(options.mode)?.localPolicy ?? 'strict');
  const own = faultsOf(about, [...shareFindings(about, shares), ...(beyond?.findings ?? [])]);
  const findings = own.some(({ effect }) => effect === 'nobody' || effect === 'some')
    ? own
    : [...unserved(matrices, about), ...own];
  const names = namesOf(part, service, domain);
  return {
    subject: `Service ${about.key}`,
    verdict: verdictOf(about, findings),
    findings,
    fields: fieldsOf(about),
    matrices,
    unused: unusedOf(about, nodes),
    shares,
    names,
    questions: questionsOf(about, { findings, matrices, names, live: beyond?.live }),
    tables: gate ? rowsTable(podRows(about, gate)) : [],
    ...(beyond && { live: beyond.live }),
  };
}

/** One sentence: the effect and message of the worst finding, or that the Service works. */
function verdictOf(about: About, findings: readonly Finding[]): string {
  const { key, service, endpoints } = about;
  const { spec } = service;
  const [first] = findings;
  if (first?.severity === 'problem') return `${key} ${EFFECTS[first.effect]}: ${first.message}`;
  const remark = first ? `; a remark: ${first.message}` : '';
  if (spec.type === 'ExternalName') return `${key} is an alias: DNS leads to ${spec.externalName}${remark}`;
  const ready = endpoints.filter((each) => each.ready).length;
  const all = `${ready} of ${count(endpoints.length, 'endpoint')} ready`;
  if (isHeadless({ spec })) return `${key} is headless: DNS leads to its endpoints, ${all}${remark}`;
  return `${key} serves its clients: ${all}${remark}`;
}

const EFFECTS = {
  nobody: 'serves nobody',
  some: 'does not serve all clients',
  load: 'overloads an endpoint',
  none: 'serves its clients, with a problem',
} as const;

/** Fallback from the matrix, when no check found lost clients: Pods or nodes that reach no endpoint at a cluster IP. */
function unserved(matrices: readonly Matrix[], { service }: About): readonly Finding[] {
  const cells = matrices.flatMap(({ nodes, cells }) =>
    cells
      .filter(({ address, client }) => address.startsWith('cluster IP') && /^pod on|^this node/.test(client))
      .map((cell) => ({ ...cell, nodes })),
  );
  const bad = cells.filter(({ gets }) => gets !== 'endpoints');
  const [first] = bad;
  if (!first) return [];
  const message = `a ${first.client.replace(/^this /, '')} gets "${first.gets}" at ${first.address} (on ${some(first.nodes)})`;
  const fix = `see the rules: vipc trace --from pod/NAME --to svc/${service.metadata.name}`;
  return [finding('unserved', bad.length === cells.length ? 'nobody' : 'some', message, fix, service.origin)];
}

const BY_HAND = 'none: its slices are made by hand, or by another controller';

function fieldsOf({ service, endpoints, slices }: About): Explanation['fields'] {
  const { spec, metadata, status, origin } = service;
  const field = (label: string, text: string) => (text === '' ? [] : [{ label, text }]);
  const ports = spec.ports.map(({ name, port, protocol, targetPort, nodePort }) => {
    const node = nodePort === 0 ? '' : `, node port ${nodePort}`;
    return `${name === '' ? '' : `${name} `}${port}/${protocol} to targetPort ${targetPort}${node}`;
  });
  const balancers = status.loadBalancer.ingress.map(({ ip, hostname = '', ipMode }) =>
    ip === undefined ? hostname : `${ip}${ipMode === 'Proxy' ? ' (a proxy)' : ''}`,
  );
  const pending = spec.type === 'LoadBalancer' && balancers.length === 0 ? '<pending>' : balancers.join(', ');
  const ready = endpoints.filter((each) => each.ready).length;
  const nodes = new Set(endpoints.flatMap(({ endpoint }) => endpoint.nodeName ?? []));
  // The cluster's DNS gives another name: no endpoints are made, and none are missed.
  const leadsAway = spec.type === 'ExternalName';
  return [
    ...field('Service', `${metadata.namespace}/${metadata.name}, type ${spec.type}`),
    ...field('Selector', hasSelector(service) ? labelText(spec.selector) : leadsAway ? '' : BY_HAND),
    ...field('Cluster IPs', spec.clusterIPs.join(', ')),
    ...field('External name', spec.externalName),
    ...field('External IPs', spec.externalIPs.join(', ')),
    ...field('Load balancer', pending),
    ...ports.flatMap((port) => field('Port', port)),
    ...field(
      'Endpoints',
      leadsAway && slices.length === 0
        ? ''
        : `${ready} of ${endpoints.length} ready, in ${count(slices.length, 'slice')}${nodes.size > 0 ? `, on ${count(nodes.size, 'node')}` : ''}`,
    ),
    ...field(
      'Traffic policy',
      leadsAway ? '' : `internal ${spec.internalTrafficPolicy}, external ${spec.externalTrafficPolicy}`,
    ),
    ...field('Distribution', spec.trafficDistribution ?? ''),
    ...field(
      'Affinity',
      spec.sessionAffinity === 'None' ? '' : `${spec.sessionAffinity}, ${spec.affinityTimeoutSeconds} s`,
    ),
    ...field('Source ranges', spec.loadBalancerSourceRanges.join(', ')),
    ...field('Defined at', placeText(origin)),
  ];
}

/** The most names that a page lists: a headless Service may have one for each endpoint. */
const MOST_NAMES = 12;

/** DNS names of the Service. */
function namesOf(snapshot: Snapshot, service: Service, domain: string): Explanation['names'] {
  // What stands for a Service of the clusterset is no object: only the zone of the clusterset has a name for it.
  const [, namespace, imported] = /^ServiceImport (.+)\/(.+)$/.exec(service.origin.object ?? '') ?? [];
  if (imported !== undefined)
    return [{ name: `${imported}.${namespace}.svc.${CLUSTERSET_DOMAIN}`, leadsTo: some(service.spec.clusterIPs, 4) }];
  const { value: records } = recordsOf({ ...snapshot, services: [service] }, domain);
  const own = records.filter(({ origin }) => origin?.object === service.origin.object);
  const byName = new Map<string, string[]>();
  for (const record of own) {
    const target =
      record.type === 'SRV'
        ? `port ${record.port} (SRV)`
        : 'address' in record
          ? record.address
          : record.type === 'CNAME'
            ? record.target
            : undefined;
    if (target === undefined) continue;
    byName.set(record.name, [...(byName.get(record.name) ?? []), target]);
  }
  return [...byName]
    .slice(0, MOST_NAMES)
    .map(([name, targets]) => ({ name: name.replace(/\.$/, ''), leadsTo: some(targets, 4) }));
}

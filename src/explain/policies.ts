/**
 * explain: which Pods NetworkPolicies admit: to the endpoints of a Service, to a Pod, and from a Pod to Services.
 */
import { type Judge, type Judgement, judgeOf, type PodPort, type Receiver } from '../lint/judge.js';
import { groupedBy, sorted } from '../order.js';
import { keyOf, type Pod, type Service, type Snapshot, slicesByService } from '../read/types.js';
import { type Column, tableOf } from '../table.js';
import { type About, isAlive, some } from './about.js';
import { type Gate, overall, type PodClients, podClients, podReceiver, policyPod } from './gate.js';
import type { Explanation } from './types.js';

/** Pods of one namespace that get the same. */
export interface PodRow {
  readonly namespace: string;
  readonly names: readonly string[];
  /** `http 80/TCP`; empty when it is the same at all ports. */
  readonly port: string;
  readonly admission: Judgement['admission'] | 'in part';
  /** `default/deny-all` */
  readonly by: readonly string[];
}

/** A port of the Service, or of a Pod, and what is behind it. */
interface Target {
  readonly label: string;
  readonly to: readonly { readonly receiver: Receiver; readonly port: PodPort }[];
}

/** What the policies do to the Pods that could be clients; none when no policy is about them. */
export function podRows(about: About, gate: Gate): readonly PodRow[] {
  return rowsOf(gate.clients, targetsOf(about, gate), gate.judge);
}

/** The ports of the Service with the Pods behind each. */
function targetsOf({ service, endpoints }: About, { receiverOf }: Gate): readonly Target[] {
  return service.spec.ports.map(({ name, port, protocol }) => ({
    label: `${name === '' ? '' : `${name} `}${port}/${protocol}`,
    to: endpoints
      .filter(({ usable }) => usable)
      .flatMap((listed) => {
        const receiver = receiverOf(listed);
        const own = listed.slice.ports.find((each) => (each.name ?? '') === name && each.protocol === protocol);
        return receiver && own?.port !== undefined ? [{ receiver, port: { protocol, port: own.port } }] : [];
      }),
  }));
}

/** What the policies do to Pods that could be clients of one Pod, at the ports that it declares. */
export function clientsOfPod(snapshot: Snapshot, pod: Pod): readonly PodRow[] {
  const receiver = podReceiver(pod);
  const targets = pod.spec.ports.map(({ name, port, protocol }): Target => {
    return {
      label: `${name === '' ? '' : `${name} `}${port}/${protocol}`,
      to: [{ receiver, port: { protocol, port } }],
    };
  });
  const clients = podClients(snapshot, (other) => other !== pod);
  return rowsOf(clients, targets, judgeOf(snapshot)).filter(({ by }) => by.length > 0);
}

/** A Service that NetworkPolicies keep from a Pod, wholly or in part. */
export interface KeptService {
  readonly service: Service;
  readonly admission: PodRow['admission'];
  readonly by: readonly string[];
}

/** The Services whose endpoints do not all get what the Pod sends. */
export function servicesKeptFrom(snapshot: Snapshot, pod: Pod): readonly KeptService[] {
  if (snapshot.policies.length === 0 || pod.spec.hostNetwork) return [];
  const judge = judgeOf(snapshot);
  const from = policyPod(pod);
  const receivers = new Map(
    snapshot.pods.filter(isAlive).flatMap((each) => {
      const receiver = podReceiver(each);
      return each.status.podIPs.map((ip) => [ip, receiver] as const);
    }),
  );
  const slices = slicesByService(snapshot.slices);
  return sorted(snapshot.services).flatMap((service): readonly KeptService[] => {
    const judged = (slices.get(keyOf(service)) ?? []).flatMap(({ endpoints, ports }) =>
      endpoints.flatMap(({ addresses }) => {
        const receiver = receivers.get(addresses[0] ?? '');
        // A Pod always gets what it sends to itself.
        if (!receiver || pod.status.podIPs.includes(addresses[0] ?? '')) return [];
        return ports.flatMap(({ port, protocol }) =>
          port === undefined ? [] : [judge(from, receiver, { port, protocol })],
        );
      }),
    );
    const outcome = outcomeOf(judged);
    return outcome.admission === 'admitted' ? [] : [{ service, ...outcome }];
  });
}

/** The table of them. */
export function keptTable(kept: readonly KeptService[]): Explanation['tables'] {
  if (kept.length === 0) return [];
  const columns: readonly Column<KeptService>[] = [
    { title: 'SERVICE', cell: ({ service }) => keyOf(service) },
    { title: 'IT GETS IN', cell: ({ admission }) => GETS_IN[admission] },
    { title: 'BY', cell: ({ by }) => some(by) },
  ];
  const more = kept.length > MOST ? `, ${MOST} of ${kept.length}` : '';
  return [{ title: `Services that NetworkPolicies keep from it${more}`, table: tableOf(columns, kept.slice(0, MOST)) }];
}

/** Rows for any targets. */
function rowsOf(clients: readonly PodClients[], targets: readonly Target[], judge: Judge): readonly PodRow[] {
  const rows = clients.flatMap(({ namespace, names, pod }) => {
    const found = targets
      .filter(({ to }) => to.length > 0)
      .map(({ label, to }) => ({ label, ...outcomeOf(to.map(({ receiver, port }) => judge(pod, receiver, port))) }));
    const isSame = new Set(found.map(({ admission, by }) => JSON.stringify([admission, by]))).size === 1;
    return (isSame ? found.slice(0, 1) : found).map(
      ({ label, ...outcome }): PodRow => ({ namespace, names, port: isSame ? '' : label, ...outcome }),
    );
  });
  if (rows.every(({ by }) => by.length === 0)) return [];
  const alike = groupedBy(rows, ({ namespace, port, admission, by }) =>
    JSON.stringify([namespace, port, admission, by]),
  );
  const merged = [...alike.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, names: [...new Set([first, ...others].flatMap(({ names }) => names))].sort() }] : [],
  );
  const key = ({ namespace, names, port }: PodRow) => `${namespace} ${names[0]} ${port}`;
  return merged.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function outcomeOf(judged: readonly Judgement[]): Pick<PodRow, 'admission' | 'by'> {
  const admission = overall(judged);
  const said = admission === 'admitted' ? judged : judged.filter((each) => each.admission !== 'admitted');
  return { admission, by: [...new Set(said.flatMap(({ by }) => by.map(keyOf)))].sort() };
}

const GETS_IN: Readonly<Record<PodRow['admission'], string>> = {
  admitted: 'yes',
  stopped: 'no',
  'in part': 'in part',
  depends: 'depends',
};

/** The most rows of a table. */
const MOST = 20;

/** Rows as a table: those that are stopped first. */
export function rowsTable(rows: readonly PodRow[]): Explanation['tables'] {
  if (rows.length === 0) return [];
  const columns: readonly Column<PodRow>[] = [
    { title: 'PODS', cell: ({ namespace, names }) => some(names.map((name) => `${namespace}/${name}`)) },
    { title: 'PORT', optional: true, cell: ({ port }) => port },
    { title: 'GET IN', cell: ({ admission }) => GETS_IN[admission] },
    { title: 'BY', cell: ({ by }) => (by.length === 0 ? 'no policy is about them' : some(by)) },
  ];
  const [open, shut] = [true, false].map((is) => rows.filter(({ admission }) => (admission === 'admitted') === is));
  const ordered = [...(shut ?? []), ...(open ?? [])];
  const more = ordered.length > MOST ? `, ${MOST} of ${ordered.length} rows` : '';
  return [{ title: `Which pods NetworkPolicies admit${more}`, table: tableOf(columns, ordered.slice(0, MOST)) }];
}

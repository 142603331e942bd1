/**
 * discover: DNS records → master files (RFC 1035, 5) for a name server, one for each zone.
 */
import type { Origin } from '../../diag.js';
import { compare, groupedBy } from '../../order.js';
import { isWithin, REVERSE_ZONES } from './names.js';
import { TTL } from './parts.js';
import { dataText, nameText } from './rdata.js';
import type { DnsRecord } from './record.js';
import { nameServer } from './server.js';

export interface Zone {
  /** `cluster.local.` */
  readonly origin: string;
  readonly records: readonly DnsRecord[];
}

/** The parts of a zone's head that vary. */
export interface Apex {
  /** The domain of the cluster whose DNS answers for the zone, as a name. */
  readonly domain: string;
  /** One line on what the zone is. */
  readonly about: string;
  /** Why the name server's address is synthetic, when it is. */
  readonly madeUp?: string;
}

/** The zones of `domains` in their order, then reverse zones with records. Each record is in its innermost zone. */
export function zonesOf(records: readonly DnsRecord[], domains: readonly string[]): readonly Zone[] {
  const forward = domains.map((domain) => `${domain.toLowerCase()}.`);
  const zones = new Map([...forward, ...REVERSE_ZONES].map((origin) => [origin, [] as DnsRecord[]]));
  const innermost = [...zones.keys()].sort((a, b) => b.length - a.length || compare(a, b));
  for (const record of records) {
    const origin = innermost.find((candidate) => isWithin(record.name, candidate));
    if (origin !== undefined) zones.get(origin)?.push(record);
  }
  return [...zones]
    .filter(([origin, { length }]) => forward.includes(origin) || length > 0)
    .map(([origin, of]) => ({ origin, records: of }));
}

/** The file name of a zone. */
export function zoneFile({ origin }: Zone): string {
  return `${origin.slice(0, -1)}.zone`;
}

/**
 * Serial, refresh, retry, expire and negative TTL; all but the serial are CoreDNS's. The serial is always 1: a snapshot
 * has no predecessor, and a hash would decrease as often as increase (RFC 1982). Operators with secondary servers must
 * set their own serial.
 */
const SOA = `1 7200 1800 86400 ${TTL}`;

/** The address of a name server that is not in the snapshot: the host that loads the file. */
const HERE = { type: 'A', address: '127.0.0.1' } as const;

/** The lines of a zone's file: its own records, then those of each Service under its name. */
export function* printZone(
  { origin, records }: Zone,
  { domain, about, madeUp = NO_KUBE_DNS }: Apex,
): Generator<string> {
  const server = nameServer(domain);
  const here = origin === domain && !records.some(({ name }) => name === server);
  const rows: readonly Group[] = [
    {
      rows: [
        { owner: '@', type: 'SOA', data: `${nameText(server)} hostmaster.${nameText(domain)} ${SOA}` },
        { owner: '@', type: 'NS', data: nameText(server) },
        ...(here
          ? [{ owner: relative(server, origin), type: HERE.type, data: HERE.address, note: `synthetic: ${madeUp}` }]
          : []),
      ],
    },
    ...grouped(records, origin),
  ];
  const width = Math.min(WIDEST, widest(rows));
  yield `; ${comment(about)}`;
  yield `$ORIGIN ${nameText(origin)}`;
  yield `$TTL ${TTL}`;
  for (const { title, rows: lines } of rows) {
    if (title !== undefined) yield* ['', `; ${comment(title)}`];
    for (const line of lines) yield format(line, width);
  }
}

/** The reason for a zone that no cluster serves. */
export const NOT_OF_A_CLUSTER = 'who serves this zone is not in the input';

const NO_KUBE_DNS = 'the Service kube-system/kube-dns is not in the input';

/** A loop instead of Math.max(...): a large cluster has more rows than a call may have arguments. */
function widest(groups: readonly Group[]): number {
  let width = 0;
  for (const { rows } of groups) for (const { owner } of rows) width = Math.max(width, owner.length);
  return width;
}

/** Longer owners do not widen the column. */
const WIDEST = 72;

interface Row {
  readonly owner: string;
  readonly ttl?: number;
  readonly type: string;
  readonly data: string;
  readonly note?: string;
}

interface Group {
  readonly title?: string;
  readonly rows: readonly Row[];
}

/** Records without a Service first, then by Service; within a Service in the given order. */
function grouped(records: readonly DnsRecord[], origin: string): readonly Group[] {
  const groups = groupedBy(records, (record) => ownerOf(record.origin) ?? '');
  const titles = [...groups.keys()].sort((a, b) => compare(a.replace('/', ' '), b.replace('/', ' ')));
  return titles.map((title) => ({
    ...(title === '' ? {} : { title }),
    rows: (groups.get(title) ?? []).map((record) => rowOf(record, origin)),
  }));
}

/** `default/web`, the owner of a record. */
export function ownerOf(origin: Origin | undefined): string | undefined {
  return origin?.object?.replace(/^\S+ /, '');
}

function rowOf(record: DnsRecord, origin: string): Row {
  return {
    owner: relative(record.name, origin),
    ...(record.ttl === TTL ? {} : { ttl: record.ttl }),
    type: record.type,
    data: dataText(record),
    ...(record.synthetic ? { note: 'synthetic' } : {}),
  };
}

/** `web.default.svc`: a name relative to the zone. */
function relative(name: string, origin: string): string {
  return name === origin ? '@' : nameText(name.slice(0, -origin.length - 1));
}

function format({ owner, ttl, type, data, note }: Row, width: number): string {
  const lifetime = ttl === undefined ? '' : `${ttl} `;
  return `${owner.padEnd(width)}  ${lifetime}IN ${type.padEnd(5)} ${data}${note === undefined ? '' : ` ; ${note}`}`;
}

/** Replaces line ends and other special characters, which would end the comment. */
function comment(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** A record as dig shows it, with whole names. */
export function answerLine(record: DnsRecord, width: number): string {
  const { owner, type, data, note } = { ...rowOf(record, '.'), owner: nameText(record.name) };
  return format({ owner, ttl: record.ttl, type, data, ...(note === undefined ? {} : { note }) }, width);
}

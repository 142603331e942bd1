/**
 * lists: the sets in which nftables mode remembers clients, by the name of the recent list that iptables mode has for the
 * same endpoint, so that the affinity of both can be compared.
 */
import { endpointChain } from '../../backends/iptables/names.js';
import { parseIp } from '../../ip.js';
import type { Table } from '../../tools/nft/types.js';

/** `affinity-HGNPOIJ5-default/web/tcp/http__10.244.1.5/8080` → `KUBE-SEP-…`; other names stay as they are. */
export function listOf(set: string): string {
  const [, namespace, service, protocol, port, host = '', number] =
    /^affinity-[A-Z2-7]{8}-([a-z0-9-]+)\/([a-z0-9-]+)\/(tcp|udp|sctp)\/([a-z0-9-]*)__([0-9a-f.]+)\/(\d+)$/.exec(set) ??
    [];
  const ip = parseIp(host) ?? parseIp(host.replaceAll('.', ':'));
  if (namespace === undefined || service === undefined || port === undefined || !ip) return set;
  const upper = protocol === 'udp' ? 'UDP' : protocol === 'sctp' ? 'SCTP' : 'TCP';
  return endpointChain({ namespace, service, port, protocol: upper }, { ip: ip.text, port: Number(number) });
}

/** The tables without what packets added to their sets, which changes all the time. */
export function withoutClients(tables: readonly Table[]): readonly Table[] {
  return tables.map((table) => ({
    ...table,
    sets: table.sets.map((set) => (set.flags.includes('dynamic') ? { ...set, elements: () => [] } : set)),
  }));
}

/** The set of a table by its list. */
export function setsByList(tables: readonly Table[]): ReadonlyMap<string, string> {
  return new Map(
    tables.flatMap(({ sets }) =>
      sets.filter(({ flags }) => flags.includes('dynamic')).map(({ name }) => [listOf(name), name]),
    ),
  );
}

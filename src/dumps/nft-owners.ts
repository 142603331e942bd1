/**
 * nft-owners: kube-proxy's tables of nftables as read from a node → the same with the ServicePorts that names of chains
 * and comments of elements tell.
 */
import type { Owner } from '../owner.js';
import type { Chain, Element, NamedSet, Table } from '../tools/nft/types.js';

/** The table with owners for the chains of ServicePorts, and for elements that lead to them or name them. */
export function withNftOwners(table: Table): Table {
  if (table.name !== 'kube-proxy') return table;
  return { ...table, chains: table.chains.map(ownedChain), sets: table.sets.map(ownedSet) };
}

function ownedChain(chain: Chain): Chain {
  const owner = chain.owner ?? ownerOfName(chain.name);
  return owner ? { ...chain, owner } : chain;
}

function ownedSet(set: NamedSet): NamedSet {
  const owner = set.owner ?? ownerOfName(set.name);
  if (owner) return { ...set, owner };
  return {
    ...set,
    *elements() {
      for (const element of set.elements()) yield ownedElement(element);
    },
  };
}

function ownedElement(element: Element): Element {
  const owner = element.owner ?? ownerOfName(element.data ?? '') ?? ownerOfComment(element);
  return owner ? { ...element, owner } : element;
}

/** `service-SUSTUHLJ-default/web/tcp/http`, `endpoint-HGNPOIJ5-default/web/tcp/http__10.244.1.5/8080`. */
function ownerOfName(text: string): Owner | undefined {
  const [, namespace, service, protocol = '', port = ''] =
    /(?:service|local|external|firewall|endpoint|affinity)-[A-Z2-7]{8}-([a-z0-9-]+)\/([a-z0-9-]+)\/(tcp|udp|sctp)\/([a-z0-9-]*)(?:__|$)/.exec(
      text,
    ) ?? [];
  if (namespace === undefined || service === undefined) return undefined;
  return { namespace, service, port, protocol: PROTOCOLS[protocol as keyof typeof PROTOCOLS] };
}

/** The comment of an element is `default/web:http`; its protocol is in the key. */
function ownerOfComment({ comment = '', key }: Element): Owner | undefined {
  const [, namespace, service, port = ''] = /^([a-z0-9-]+)\/([a-z0-9-]+)(?::([a-z0-9-]+))?$/.exec(comment) ?? [];
  const [, protocol] = /(?:^| )(tcp|udp|sctp)(?: |$)/.exec(key) ?? [];
  if (namespace === undefined || service === undefined || protocol === undefined) return undefined;
  return { namespace, service, port, protocol: PROTOCOLS[protocol as keyof typeof PROTOCOLS] };
}

const PROTOCOLS = { tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' } as const;

/**
 * doctor: output of tools and files of /proc → the facts in them.
 */
import type { Interface } from './facts.js';

/** Ports of /proc/net/tcp and tcp6 in state LISTEN. */
export function parseListening(text: string): readonly number[] {
  const ports = [...text.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A /gm)];
  return [...new Set(ports.map(([, port = '']) => Number.parseInt(port, 16)))];
}

/** `ip -json -details address show`; anything else gives no interfaces. */
export function parseInterfaces(text: string): readonly Interface[] {
  let links: unknown;
  try {
    links = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(links)) return [];
  return links.map((link): Interface => {
    const { ifname, linkinfo, addr_info: addresses } = Object(link) as Readonly<Record<string, unknown>>;
    const { info_kind: kind } = Object(linkinfo) as { readonly info_kind?: unknown };
    const global = (Array.isArray(addresses) ? addresses : []).filter((each) => Object(each).scope === 'global');
    const of = (family: string) => global.some((each) => Object(each).family === family);
    return {
      name: String(ifname),
      ...(typeof kind === 'string' && { kind }),
      families: [...(of('inet') ? (['ipv4'] as const) : []), ...(of('inet6') ? (['ipv6'] as const) : [])],
    };
  });
}

/** `nft list tables`: `ip kube-proxy` … */
export function parseTables(text: string): readonly string[] {
  return [...text.matchAll(/^table (\S+ \S+)$/gm)].map(([, name = '']) => name);
}

/** Tables of iptables-nft, which iptables-save covers. */
const OF_IPTABLES = /^(?:ip|ip6) (?:filter|nat|mangle|raw|security)$/;

/** `nft list chains`: base chains with policy drop, without the tables of iptables-nft. */
export function parseChains(text: string): readonly { readonly chain: string; readonly hook: string }[] {
  const found: { chain: string; hook: string }[] = [];
  let [table, chain] = ['', ''];
  for (const line of text.split('\n')) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    chain = /^\s+chain (\S+) \{/.exec(line)?.[1] ?? chain;
    const [, hook] = /\bhook (\S+) .*\bpolicy drop;/.exec(line) ?? [];
    if (hook !== undefined && !OF_IPTABLES.test(table)) found.push({ chain: `${table} ${chain}`, hook });
  }
  return found;
}

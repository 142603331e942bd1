/**
 * live-answers: what `vipc trace --live` says of a connection in the topology → the answers that connect() would print.
 */
import { answerFrom, type From } from './packets.js';
import type { Connect } from './topology.js';

/** The senders: their address in each family, and the interface of node-a that their packets come in by. */
const SENDERS: Readonly<Record<From, { readonly v4: string; readonly v6: string; readonly by?: string }>> = {
  client: { v4: '192.168.7.100', v6: 'fd00:7::100', by: 'eth0' },
  pod1: { v4: '10.244.1.5', v6: 'fd00:10:244:1::5', by: 'pod1' },
  node: { v4: 'node', v6: 'node' },
};

/** The arguments of `vipc trace` for a connection. */
export function questionOf(from: From, { to, port, protocol = 'tcp' }: Connect): readonly string[] {
  const isV6 = to.includes(':');
  const { v4, v6, by } = SENDERS[from];
  const target = isV6 ? `[${to}]:${port}` : `${to}:${port}`;
  const more = by === undefined ? [] : ['--in-interface', by];
  return ['--from', isV6 ? v6 : v4, '--to', target, '--protocol', protocol, ...more];
}

interface Told {
  readonly packet: { readonly from: string; readonly to: string };
  readonly outcomes: readonly { readonly verdict: string; readonly address?: string; readonly masquerade: boolean }[];
  readonly depends: readonly string[];
}

/** The answers, from the output of `trace --format json`; what it depends on is one. */
export function foretoldAnswers(json: string, from: From): readonly string[] {
  const { packet, outcomes, depends } = JSON.parse(json) as Told;
  return [...new Set([...outcomes.map((each) => answerOf(each, packet, from)), ...depends])].sort();
}

/** Without masquerading an endpoint on the LAN answers the client past the node, and a pod that asks itself gets lost. */
function answerOf(
  { verdict, address = '', masquerade }: Told['outcomes'][number],
  { from: source, to }: Told['packet'],
  from: From,
): string {
  if (verdict === 'DROP') return 'timeout';
  if (verdict === 'DNAT') {
    const isLost = !masquerade && (address === source || (from === 'client' && /^10\.244\.2\.|:2::/.test(address)));
    return isLost ? 'timeout' : answerFrom(address, source, masquerade);
  }
  // Only pods serve: the node refuses what no rule sends elsewhere.
  return verdict === 'NONE' && to.startsWith('10.244.1.5') ? answerFrom(to, source, masquerade) : 'refused';
}

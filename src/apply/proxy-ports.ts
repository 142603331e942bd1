/**
 * proxy-ports: the ports of a node that are in use, as far as the relay could want them.
 */
import { FAMILIES, type Family } from '../ip.js';
import type { HeldPort, ProxyPorts, UserspaceOptions } from '../options.js';
import { answer, understood } from '../tools/ask.js';
import type { Iptables } from '../tools/detected.js';
import { parse } from '../tools/relay/parse.js';
import { RELAY } from '../tools/relay/tool.js';
import { heldBy } from '../tools/relay/types.js';
import type { Host } from './host.js';

/**
 * The ports of other programs in the relay's range, and those that its listeners have. A relay that was started again has
 * none, but the rules still lead there: a Service that took another's port would get that one's clients.
 */
export async function readProxyPorts(
  host: Host,
  { proxyPorts: { first, last } }: UserspaceOptions,
  iptables: Iptables | undefined,
): Promise<ProxyPorts> {
  const [shown = '', listening = '', ...ruled] = await Promise.all([
    answer(host.run, [RELAY, 'show']),
    answer(host.run, ['ss', '-Hlntu']),
    ...FAMILIES.map((family) => (iptables ? readRules(host, iptables, family) : [])),
  ]);
  const own = understood(RELAY, parse(shown)).map(heldBy);
  const isIn = (port: number): boolean => port >= first && port <= last;
  const ours = new Set(own.map(({ protocol, port }) => `${protocol} ${port}`));
  const taken = listening.split('\n').flatMap((line) => {
    // `tcp LISTEN 0 4096 127.0.0.1:8080 0.0.0.0:*`
    const [, protocol, port] = /^(tcp|udp) +\S+ +\d+ +\d+ +\S+:(\d+) /.exec(line) ?? [];
    return protocol !== undefined && isIn(Number(port)) && !ours.has(`${protocol} ${port}`)
      ? [`${protocol} ${port}`]
      : [];
  });
  // Where both are known the listener's port counts, which is the later one.
  const held = new Map([...ruled.flat(), ...own].map((each) => [`${each.name} ${each.port}`, each]));
  return { taken: [...new Set(taken)].sort(), held: [...held.values()].filter(({ port }) => isIn(port)) };
}

/** The ports to which rules lead; where rules cannot be read nothing leads there, or reading the node fails anyway. */
async function readRules({ run }: Host, { program }: Iptables, family: Family): Promise<readonly HeldPort[]> {
  const text = await answer(run, [`${program[family]}-save`, '-t', 'filter'], () => true);
  return (text ?? '').split('\n').flatMap((line) => {
    const [, protocol, name, port] = LISTENER.exec(line) ?? [];
    return protocol === undefined || name === undefined ? [] : [{ name, family, protocol, port: Number(port) }];
  });
}

/** A rule of backends/userspace/rules.ts; the comment is listenerName(). */
const LISTENER =
  /^-A KUBE-NODEPORT-NON-LOCAL -p (tcp|udp) -m comment --comment "(\S+ \w+ \w+ \w+(?: clients)?)" -m \w+ --dport (\d+) .*-j ACCEPT$/;

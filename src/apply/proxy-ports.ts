/**
 * proxy-ports: the ports of a node that are in use, as far as the relay could want them.
 */
import type { ProxyPorts, UserspaceOptions } from '../options.js';
import { answer, understood } from '../tools/ask.js';
import { parse } from '../tools/relay/parse.js';
import { RELAY } from '../tools/relay/tool.js';
import { listenerName } from '../tools/relay/types.js';
import type { Host } from './host.js';

/** The ports of other programs in the relay's range, and those that its listeners have. */
export async function readProxyPorts(
  host: Host,
  { proxyPorts: { first, last } }: UserspaceOptions,
): Promise<ProxyPorts> {
  const [shown = '', listening = ''] = await Promise.all([
    answer(host.run, [RELAY, 'show']),
    answer(host.run, ['ss', '-Hlntu']),
  ]);
  const own = understood(RELAY, parse(shown));
  const ours = new Set(own.map(({ protocol, port }) => `${protocol} ${port}`));
  const taken = listening.split('\n').flatMap((line) => {
    // `tcp LISTEN 0 4096 127.0.0.1:8080 0.0.0.0:*`
    const [, protocol, port] = /^(tcp|udp) +\S+ +\d+ +\d+ +\S+:(\d+) /.exec(line) ?? [];
    const isIn = Number(port) >= first && Number(port) <= last;
    return protocol !== undefined && isIn && !ours.has(`${protocol} ${port}`) ? [`${protocol} ${port}`] : [];
  });
  return {
    taken: [...new Set(taken)].sort(),
    held: Object.fromEntries(own.map((listener) => [listenerName(listener), listener.port])),
  };
}

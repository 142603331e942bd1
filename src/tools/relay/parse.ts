/**
 * parse: relay.txt, or what a relay prints → listeners, the inverse of print.
 */
import type { Checked } from '../../diag.js';
import { parseCidr, parseIp } from '../../ip.js';
import type { Owner } from '../../owner.js';
import { readLines } from '../lines.js';
import type { Listener, RelayEndpoint, RelayFrontend } from './types.js';

/** The listeners of a whole text; an unreadable line is a diagnostic and does not hide the others. */
export function parse(text: string): Checked<readonly Listener[]> {
  const listeners: Listener[] = [];
  const diagnostics = readLines(text, (line) => {
    if (line === '' || line.startsWith('#')) return undefined;
    if (!line.startsWith('  ')) {
      const listener = readListener(line);
      if (listener) listeners.push(listener);
      return listener ? undefined : 'not a listener';
    }
    const last = listeners.pop();
    if (!last) return 'there is no listener above it';
    const more = readDetail(last, line.trim());
    listeners.push(more ?? last);
    return more ? undefined : 'not a part of a listener';
  });
  return { value: listeners, diagnostics };
}

/** The listener that a line begins. */
function readListener(line: string): Listener | undefined {
  const [, protocol, at = '', name = '', policy] = /^listen (tcp|udp) (\S+) (\S+) (Cluster|Local)$/.exec(line) ?? [];
  const [place, owner] = [readHostPort(at), protocol && readOwner(name, protocol)];
  if (!place || !owner) return undefined;
  return {
    protocol: protocol as Listener['protocol'],
    address: place.ip,
    port: place.port,
    owner,
    policy: policy as Listener['policy'],
    frontends: [],
    endpoints: [],
  };
}

function readOwner(text: string, protocol: string): Owner | undefined {
  const [, namespace, service, port = ''] = /^([a-z0-9-]+)\/([a-z0-9-]+)(?::([a-z0-9-]+))?$/.exec(text) ?? [];
  if (namespace === undefined || service === undefined) return undefined;
  return { namespace, service, port, protocol: protocol === 'tcp' ? 'TCP' : 'UDP' };
}

/** The listener with one detail more. */
function readDetail(listener: Listener, text: string): Listener | undefined {
  const [word = '', value = '', more = ''] = text.split(' ');
  switch (word) {
    case 'frontend': {
      const frontend = readFrontend(value, more);
      return frontend && { ...listener, frontends: [...listener.frontends, frontend] };
    }
    case 'endpoint': {
      const endpoint = readHostPort(value);
      return endpoint && { ...listener, endpoints: [...listener.endpoints, endpoint] };
    }
    case 'client':
      return parseCidr(value) && { ...listener, clients: [...(listener.clients ?? []), value] };
    case 'affinity':
    case 'idle':
      return /^\d{1,9}$/.test(value) ? { ...listener, [word]: Number(value) } : undefined;
    default:
      return undefined;
  }
}

function readFrontend(kind: string, text: string): RelayFrontend | undefined {
  const [, port] = /^\*:(\d{1,5})$/.exec(text) ?? [];
  if (port !== undefined) return { kind, port: Number(port) };
  const place = readHostPort(text);
  return place && { kind, ...place };
}

function readHostPort(text: string): RelayEndpoint | undefined {
  const [, six, four, port] = /^(?:\[([\da-f:.]+)\]|([\d.]+)):([1-9]\d{0,4})$/.exec(text) ?? [];
  const ip = parseIp(six ?? four ?? '');
  return ip && Number(port) <= 65535 ? { ip: ip.text, port: Number(port) } : undefined;
}

/** A key as listenerKey() writes it; undefined when it is none. */
export function readKey(text: string): Pick<Listener, 'protocol' | 'address' | 'port'> | undefined {
  const [, protocol, at = ''] = /^(tcp|udp) (\S+)$/.exec(text) ?? [];
  const place = readHostPort(at);
  return place && { protocol: protocol as Listener['protocol'], address: place.ip, port: place.port };
}

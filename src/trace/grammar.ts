/**
 * grammar: `--from` and `--to` as the user typed them → the sender and the target as data.
 *
 *     --from   ADDRESS · pod/NAME · node · node/NAME · outside
 *     --to     ADDRESS:PORT · svc/NAME[:PORT] · pod/NAME:PORT · node:PORT · node/NAME:PORT · DNS.NAME[:PORT]
 *
 * A pod or Service NAME is in the namespace of -n, NAMESPACE/NAME in its own. [IPv6]:PORT has brackets.
 */
import { parseIp } from '../ip.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN } from '../read/names.js';
import type { Named, Sender, Target } from './question.js';

const FROM = 'an address, pod/NAME, node, node/NAME or outside';
const TO = 'ADDRESS:PORT, svc/NAME[:PORT], pod/NAME:PORT, node:PORT, node/NAME:PORT or a DNS name with a port';

/** The sender that `--from` names. Throws if the text is none. */
export function parseSender(text: string, namespace: string): Sender {
  const refuse = (why = '') => unusable('--from', FROM, text, why);
  if (text === 'outside') return { kind: 'outside' };
  if (text === 'node') return { kind: 'node' };
  const ip = parseIp(withoutBrackets(text));
  if (ip) return { kind: 'address', ip };
  if (hostPort(text)) throw refuse('the port that it is sent from is --source-port');
  const [resource, rest] = resourceOf(text);
  if (resource === 'node') return { kind: 'node', name: nodeName(rest, refuse) };
  if (resource === 'pod') return { kind: 'pod', ...named(rest, namespace, DNS1123_SUBDOMAIN, refuse) };
  throw refuse(resource === 'svc' ? 'a Service sends nothing' : '');
}

/** The target that `--to` names. Throws if the text is none. */
export function parseTarget(text: string, namespace: string): Target {
  const refuse = (why = '') => unusable('--to', TO, text, why);
  const address = hostPort(text);
  if (address) return { kind: 'address', ip: address.ip, port: portNumber(address.port, refuse) };
  const bare = parseIp(withoutBrackets(text));
  if (bare) throw refuse(`to which port? ${bare.family === 'ipv6' ? `[${bare.text}]` : bare.text}:PORT`);
  const [, name = '', , port] = /^([^:]*)(:(.*))?$/.exec(text) ?? [];
  if (name === '') throw refuse(text.includes('::') ? 'an IPv6 address with a port is [ADDRESS]:PORT' : '');
  const [resource, rest] = resourceOf(name);
  const needed = () => {
    if (port === undefined) throw refuse(`to which port? ${name}:PORT`);
    return portNumber(port, refuse);
  };
  switch (resource) {
    case 'svc': {
      if (port === '') throw refuse('a port is missing behind the colon');
      return { kind: 'service', ...named(rest, namespace, DNS1123_LABEL, refuse), ...(port !== undefined && { port }) };
    }
    case 'pod':
      return { kind: 'pod', ...named(rest, namespace, DNS1123_SUBDOMAIN, refuse), port: needed() };
    case 'node':
      return { kind: 'node', name: nodeName(rest, refuse), port: needed() };
  }
  if (name === 'node') return { kind: 'node', port: needed() };
  if (name === 'outside' || name.includes('/') || !/^[\w.-]+$/.test(name)) throw refuse();
  return { kind: 'name', name, ...(port !== undefined && { port: portNumber(port, refuse) }) };
}

type Refuse = (why?: string) => Error;

function unusable(flag: string, what: string, text: string, why: string): Error {
  return new Error(`${flag} must be ${what}, is ${JSON.stringify(text)}${why === '' ? '' : ` (${why})`}`);
}

const RESOURCES: Readonly<Record<string, 'svc' | 'pod' | 'node'>> = {
  svc: 'svc',
  service: 'svc',
  services: 'svc',
  po: 'pod',
  pod: 'pod',
  pods: 'pod',
  no: 'node',
  node: 'node',
  nodes: 'node',
};

/** The two parts of `svc/web`; the resource by the names that kubectl accepts. */
function resourceOf(text: string): readonly [resource: 'svc' | 'pod' | 'node' | undefined, rest: string] {
  const slash = text.indexOf('/');
  const word = slash < 0 ? '' : text.slice(0, slash);
  return [Object.hasOwn(RESOURCES, word) ? RESOURCES[word] : undefined, text.slice(slash + 1)];
}

function named(text: string, namespace: string, rule: typeof DNS1123_LABEL, refuse: Refuse): Named {
  const [first = '', second, more] = text.split('/');
  const found = second === undefined ? { namespace, name: first } : { namespace: first, name: second };
  if (more === undefined && DNS1123_LABEL.matches(found.namespace) && rule.matches(found.name)) return found;
  throw refuse(`its name is ${rule.allowed}`);
}

function nodeName(text: string, refuse: Refuse): string {
  if (DNS1123_SUBDOMAIN.matches(text)) return text;
  throw refuse(`the name of a Node is ${DNS1123_SUBDOMAIN.allowed}`);
}

/** `10.0.0.1:80`, `[fd00::1]:80` */
function hostPort(text: string) {
  const [, v6, v4, port] = /^(?:\[([^\]]*)\]|([\d.]+)):(.*)$/.exec(text) ?? [];
  const ip = parseIp(v6 ?? v4 ?? '');
  return ip && port !== undefined ? { ip, port } : undefined;
}

function withoutBrackets(text: string): string {
  return text.replace(/^\[(.*)\]$/, '$1');
}

function portNumber(text: string, refuse: Refuse): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535) return Number(text);
  throw refuse('a port is a number from 1 to 65535');
}

/**
 * Tables as text → sections for review. It reads only names, so it can also split files that the compiler would no
 * longer write.
 */
import type { Section } from '../../text.js';
import { SERVICE_NAME } from './names.js';

/** The chains and sets of a listing; elements of a shared set that belong to one Service are sections of their own. */
export function sections(text: string): readonly Section[] {
  const lines = [...linesIn(text)];
  const services = servicesBy(lines);
  const byKey = new Map<string, { title: string; service?: string; lines: string[] }>();
  for (const line of lines) {
    const service = serviceOf(line, services);
    const key = `${line.title} ${service ?? ''}`;
    const found = byKey.get(key);
    if (found) found.lines.push(line.text);
    else byKey.set(key, { title: line.title, ...(service !== undefined && { service }), lines: [line.text] });
  }
  return [...byKey.values()];
}

/** A line of a chain or set. */
interface BlockLine {
  /** `ip kube-proxy cluster-ips` */
  readonly title: string;
  /** The name of the chain or set. */
  readonly block: string;
  readonly text: string;
}

function* linesIn(text: string): Generator<BlockLine> {
  let table = '';
  let block = '';
  for (const line of text.split('\n')) {
    const [, opened] = /^table (.+) \{$/.exec(line) ?? [];
    if (opened !== undefined) [table, block] = [opened, ''];
    const [, header, name] = /^\t((?:chain|set|map) (\S+)) \{$/.exec(line) ?? [];
    if (name !== undefined) block = name;
    const content = header ?? /^\t\t+(.+?),?$/.exec(line)?.[1];
    if (content === undefined || block === '' || content === '}' || content === 'elements = {') continue;
    yield { title: `${table} ${block}`, block, text: content };
  }
}

/** The Service of each address and port that rules and elements name. */
function servicesBy(lines: readonly BlockLine[]): ReadonlyMap<string, string> {
  const services = new Map<string, string>();
  const learn = (key: string | undefined, service: string) => {
    if (key !== undefined && !services.has(key)) services.set(key, service);
  };
  for (const { block, text } of lines) {
    const service = serviceIn(block) ?? serviceIn(text);
    if (service === undefined) continue;
    // An endpoint of the Service's chain, or the frontend of an element.
    for (const [, ip, port] of text.matchAll(/([0-9a-f.:]+) \. (\d+)/g)) learn(`${ip} ${port}`, service);
    const [, ip, port] = /^.* dnat to \[?([0-9a-f.:]+?)\]?:(\d+)$/.exec(text) ?? [];
    if (ip !== undefined) learn(`${ip} ${port}`, service);
    learn(/^([0-9a-f.:]+) \. /.exec(text)?.[1], service);
  }
  return services;
}

function serviceOf({ block, text }: BlockLine, services: ReadonlyMap<string, string>): string | undefined {
  const named = serviceIn(block) ?? serviceIn(text);
  if (named !== undefined) return named;
  const [, hairpin, port] = /^([0-9a-f.:]+) \. \1 \. \w+ \. (\d+)$/.exec(text) ?? [];
  if (hairpin !== undefined) return services.get(`${hairpin} ${port}`);
  return /^[0-9a-f.:]+$/.test(text) ? services.get(text) : undefined;
}

/** `default/web:http`, of a name such as `service-SUSTUHLJ-default/web/tcp/http`, or of an element's comment. */
function serviceIn(text: string): string | undefined {
  const [, commented] = / comment "([a-z0-9.-]+\/[a-z0-9-]+(?::[a-z0-9-]+)?)"/.exec(text) ?? [];
  if (commented !== undefined) return commented;
  const [, service, port] = SERVICE_NAME.exec(text) ?? [];
  return service === undefined ? undefined : port ? `${service}:${port}` : service;
}

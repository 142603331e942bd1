/**
 * parse: output of `ip -json address show` → devices with their addresses. With -details it also tells the kind of a
 * device (ip-address(8), iproute2/ip/ipaddress.c).
 */
import { type Checked, type Diagnostic, show } from '../../diag.js';
import { type Family, parseIp } from '../../ip.js';
import type { Link, LinkAddress } from './types.js';

/** The devices of a whole text, in order. An unreadable part is a diagnostic and does not hide the rest. */
export function parse(text: string): Checked<readonly Link[]> {
  const diagnostics: Diagnostic[] = [];
  const report = (message: string) => void diagnostics.push({ code: 'unreadable-json', severity: 'error', message });
  const value = readList(text, report).flatMap((item) => readLink(item, report));
  return { value, diagnostics };
}

type Report = (message: string) => void;

/** Without any device ip prints nothing at all. */
function readList(text: string, report: Report): readonly unknown[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value)) return value;
  report(`not a JSON list of network devices: ${show(text)}`);
  return [];
}

function readLink(item: unknown, report: Report): readonly Link[] {
  // Some versions of ip print an empty object in place of a device that they filter out.
  if (isObject(item) && Object.keys(item).length === 0) return [];
  const name = isObject(item) ? item.ifname : undefined;
  if (!isObject(item) || typeof name !== 'string') {
    report(`not a network device with a name: ${show(item)}`);
    return [];
  }
  const { linkinfo, addr_info: list = [] } = item;
  const kind = isObject(linkinfo) ? linkinfo.info_kind : undefined;
  if (!Array.isArray(list)) report(`device ${show(name)}: addr_info is not a list: ${show(list)}`);
  const addresses = Array.isArray(list) ? list.flatMap((each) => readAddress(each, name, report)) : [];
  return [{ name, ...(typeof kind === 'string' ? { kind } : {}), addresses }];
}

/** The address of a device. ip also lists families other than IPv4 and IPv6. */
function readAddress(item: unknown, device: string, report: Report): readonly LinkAddress[] {
  const { family: name, local, prefixlen, scope, secondary } = isObject(item) ? item : {};
  const family = typeof name === 'string' ? FAMILY.get(name) : undefined;
  if (typeof name === 'string' && family === undefined) return [];
  const ip = typeof local === 'string' ? parseIp(local) : undefined;
  if (family !== undefined && ip?.family === family && isPrefix(prefixlen, ip.bytes.length)) {
    const about = { family, scope: typeof scope === 'string' ? scope : 'global' };
    return [{ ip: ip.text, prefix: prefixlen, ...about, ...(secondary === true && { isSecondary: true }) }];
  }
  report(`device ${show(device)}: not an address: ${show(local ?? item)}`);
  return [];
}

const FAMILY: ReadonlyMap<string, Family> = new Map([
  ['inet', 'ipv4'],
  ['inet6', 'ipv6'],
]);

function isPrefix(value: unknown, bytes: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= bytes * 8;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

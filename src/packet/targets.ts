/**
 * targets: the action of a rule on a packet that it matches.
 */
import { type Ip, ipOf, parseIp } from '../ip.js';
import type { Rule, Target } from '../tools/iptables/types.js';
import { remarked } from './marks.js';
import { addedTo, type Flow } from './packet.js';

/** The verdict that ends a table's rules in a hook; `return` leaves the chain only. */
export type Verdict = 'accept' | 'drop' | 'reject' | 'return';

export type Action =
  /** The packet goes on with the next rule, perhaps changed. */
  | { readonly kind: 'continue'; readonly flow: Flow }
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly flow: Flow }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  /** The effect of the target is not known. */
  | { readonly kind: 'unknown'; readonly text: string };

/** What a rule does to packets that it matches: plain data, held for every endpoint of a dump. */
export type Act =
  | Exclude<Target, { kind: 'dnat' | 'unknown' }>
  | { readonly kind: 'dnat'; readonly ip: Ip; readonly port: number | undefined }
  | { readonly kind: 'foreign'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string }
  /** Adds the client to a list, and then acts. */
  | { readonly kind: 'remember'; readonly list: string; readonly act: Act | undefined };

/** What a rule does; undefined if nothing. */
export function actOf({ target, matches }: Rule): Act | undefined {
  const act = target && actOfTarget(target);
  const lists = matches.flatMap((match) => (match.kind === 'recent' && match.check.kind === 'set' ? match.list : []));
  return lists.reduceRight<Act | undefined>((next, list) => ({ kind: 'remember', list, act: next }), act);
}

function actOfTarget(target: Target): Act {
  switch (target.kind) {
    case 'dnat': {
      const ip = parseIp(target.ip);
      return ip ? { kind: 'dnat', ip, port: target.port } : { kind: 'unknown', text: `DNAT to ${target.ip}` };
    }
    case 'unknown':
      return { kind: 'foreign', text: target.text };
    default:
      return target;
  }
}

/** Whether a rule may change the destination of a packet. */
export function changesDestination({ target }: Rule): boolean {
  return target?.kind === 'dnat' || (target?.kind === 'unknown' && /^ -[jg] (?:DNAT|REDIRECT)\b/.test(target.text));
}

function goOn(flow: Flow): Action {
  return { kind: 'continue', flow };
}

function verdict(verdict: Verdict, flow: Flow): Action {
  return { kind: 'verdict', verdict, flow };
}

/** The action on a packet that the rule matches. */
export function actionOf(act: Act | undefined, flow: Flow): Action {
  switch (act?.kind) {
    case undefined:
      return goOn(flow);
    case 'accept':
    case 'drop':
    case 'reject':
    case 'return':
      return verdict(act.kind, flow);
    case 'jump':
    case 'goto':
    case 'unknown':
      return act;
    case 'mark': {
      const mark = remarked(flow.mark, ~act.mask, act.value);
      return goOn(mark === flow.mark ? flow : { ...flow, mark });
    }
    case 'dnat':
      return verdict('accept', translated(flow, act.ip, act.port));
    case 'redirect':
      return verdict('accept', redirected(flow, act.port));
    case 'masquerade':
      return verdict('accept', { ...flow, sourceNat: 'masquerade' });
    case 'remember':
      return actionOf(act.act, addedTo(flow, act.list));
    case 'foreign':
      return foreignAction(act.text, flow);
  }
}

/** The flow after DNAT; the original destination stays that of the conntrack entry. */
export function translated(flow: Flow, destination: Ip, port: number | undefined): Flow {
  return {
    ...flow,
    destination,
    destinationPort: port ?? flow.destinationPort,
    isDestinationSet: true,
    original: flow.original ?? { destination: flow.destination, port: flow.destinationPort },
  };
}

/** The flow after REDIRECT: to this node. */
export function redirected(flow: Flow, port: number | undefined): Flow {
  return translated(flow, (flow.isLocal ? LOOPBACK : OF_INTERFACE)[flow.family], port);
}

/** The address to which REDIRECT sends packets of this node (nf_nat_redirect_ipv4). */
const LOOPBACK = {
  ipv4: ipOf([127, 0, 0, 1]),
  ipv6: ipOf([...Array<number>(15).fill(0), 1]),
};

/**
 * Where it sends others: to the first address of the interface that they came in by, which is one of the node's. It is not
 * known which, so these stand for it, and are no loopback addresses to a condition.
 */
const OF_INTERFACE = { ipv4: { ...LOOPBACK.ipv4 }, ipv6: { ...LOOPBACK.ipv6 } };

/** The destination; undefined if it is an address of the node of which that alone is known. */
export function knownDestination({ destination }: Flow): Ip | undefined {
  return destination === OF_INTERFACE[destination.family] ? undefined : destination;
}

/** Targets without a verdict, whose changes no rule of a Service matches. */
const PASSING: ReadonlySet<string> = new Set(
  'LOG NFLOG ULOG TRACE AUDIT TCPMSS TCPOPTSTRIP CLASSIFY DSCP TOS TTL HL ECN CHECKSUM RATEEST SECMARK CONNSECMARK IDLETIMER LED SET'.split(
    ' ',
  ),
);

function foreignAction(text: string, flow: Flow): Action {
  const [, name = '', options = ''] = /^ -[jg] (\S+)(.*)$/s.exec(text) ?? [];
  if (PASSING.has(name)) return { kind: 'continue', flow };
  switch (name) {
    case 'ACCEPT':
    case 'DROP':
    case 'RETURN':
    case 'REJECT':
      return verdict(name.toLowerCase() as Verdict, flow);
    case 'MASQUERADE':
      return verdict('accept', { ...flow, sourceNat: 'masquerade' });
    case 'SNAT':
      return verdict('accept', { ...flow, sourceNat: 'snat' });
    case 'DNAT':
      return destinationNat(options, flow) ?? { kind: 'unknown', text: text.trim() };
    case 'REDIRECT': {
      const [, port, range] = /^(?: --to-ports (\d+)(-\d+)?)?(?: --random)?$/.exec(options) ?? [undefined, '', ''];
      if (range !== undefined) return { kind: 'unknown', text: text.trim() };
      return verdict('accept', redirected(flow, port === undefined ? undefined : Number(port)));
    }
    case 'CT':
      return { kind: 'continue', flow: / --notrack\b/.test(options) ? { ...flow, state: 'UNTRACKED' } : flow };
    case 'NOTRACK':
      return { kind: 'continue', flow: { ...flow, state: 'UNTRACKED' } };
    case 'MARK':
    case 'CONNMARK':
      return markAction(name, options, flow) ?? { kind: 'unknown', text: text.trim() };
    default:
      return { kind: 'unknown', text: text.trim() };
  }
}

/** `10.0.0.1`, `10.0.0.1:80`, `:80`, `fd00::1` or `[fd00::1]:80`; of a range the kernel chooses. */
function destinationNat(options: string, flow: Flow): Action | undefined {
  const [, text = ''] = /^ --to-destination (\S+)(?: --(?:random|persistent))*$/.exec(options) ?? [];
  const alone = parseIp(text);
  if (alone) return verdict('accept', translated(flow, alone, undefined));
  const [, v6, v4, port] = /^(?:\[(\S+)\]|([\d.]*)):(\d+)$/.exec(text) ?? [];
  const ip = v4 === '' ? flow.destination : parseIp(v6 ?? v4 ?? '');
  return ip && verdict('accept', translated(flow, ip, Number(port)));
}

function markAction(name: 'MARK' | 'CONNMARK', options: string, flow: Flow): Action | undefined {
  const bits = (pattern: RegExp) => {
    const [, value, mask] = pattern.exec(options) ?? [];
    return value === undefined
      ? undefined
      : { value: Number(value), mask: mask === undefined ? 0xffffffff : Number(mask) };
  };
  const set = bits(/^ --set-x?mark (0x[0-9a-f]+|\d+)(?:\/(0x[0-9a-f]+|\d+))?$/i);
  if (set) {
    const next = (before: number | undefined) => remarked(before, ~set.mask, set.value);
    const changed = name === 'MARK' ? { mark: next(flow.mark) } : { connmark: next(flow.connmark) };
    return { kind: 'continue', flow: { ...flow, ...changed } };
  }
  const masks = / --(save|restore)-mark(?: --nfmask (0x[0-9a-f]+) --ctmask (0x[0-9a-f]+))?$/i.exec(options);
  if (name !== 'CONNMARK' || !masks) return undefined;
  const [nf, ct] = [Number(masks[2] ?? 0xffffffff), Number(masks[3] ?? 0xffffffff)];
  const { mark, connmark } = flow;
  if (masks[1] === 'save') {
    const saved = mark === undefined ? undefined : remarked(connmark, ~ct, mark & nf);
    return { kind: 'continue', flow: { ...flow, connmark: saved } };
  }
  return connmark === undefined
    ? undefined
    : { kind: 'continue', flow: { ...flow, mark: remarked(mark, ~nf, connmark & ct) } };
}

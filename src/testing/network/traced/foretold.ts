/**
 * foretold: the outcome that the evaluator predicts for a packet, in the form of a trace.
 */
import { type Ip, ipOf } from '../../../ip.js';
import { type Did, type Step, stepsOf } from '../../../packet/branch.js';
import type { Outcome } from '../../../packet/evaluate.js';
import { toNumber } from '../../../packet/fraction.js';
import type { PacketClass } from '../../../packet/packet.js';
import { OWN } from './classes.js';
import type { Traced } from './compared.js';

/**
 * The way of an outcome: its steps in the form of Traced.steps, and where the packet left to, as nft's trace does not tell
 * which element of a map was chosen.
 */
export function foretold(outcome: Outcome): string {
  const { end, flow } = outcome;
  const steps = stepsOf(outcome).map((step) => {
    const { table, chain, rule } = step;
    return rule === 0 ? `${table}:${chain}:policy:DROP` : `${table}:${chain}:${rule}:${verdictAndText(step)}`;
  });
  return [...steps, ...(end === 'forwarded' ? [leftTo(flow.destination, flow.destinationPort)] : [])].join('\n');
}

/** The way that a packet took, in the form of foretold(). */
export function taken({ steps, left }: Traced, { destinationPort }: PacketClass): string {
  // ICMP has no ports.
  const port = destinationPort === undefined ? undefined : left?.port;
  return [...steps, ...(left ? [leftTo(ipOf(left.destination), port)] : [])].join('\n');
}

function leftTo({ text }: Ip, port: number | undefined): string {
  return `left to ${text}${port === undefined ? '' : ` port ${port}`}`;
}

function verdictAndText({ text, did }: Step): string {
  // The kernel does not tell which element decided.
  return did ? `${verdictBy(did)} ${text.replace(/ {3}# .*$/, '')}` : `${verdictOf(text)} ${text}`;
}

/** The verdict that the trace shows for a rule of nftables, by what it did. */
function verdictBy(did: Did): string {
  switch (did.kind) {
    case 'jump':
    case 'goto':
      return `${did.kind.toUpperCase()}:${did.chain}`;
    case 'dnat':
    case 'snat':
    case 'masquerade':
      return 'ACCEPT';
    case 'reject':
      return 'DROP';
    case 'accept':
    case 'drop':
    case 'return':
      return did.kind.toUpperCase();
    case 'mark':
    case 'remember':
    case 'none':
    case 'unknown':
      return 'CONTINUE';
  }
}

const TERMINAL: ReadonlySet<string> = new Set(['DNAT', 'SNAT', 'MASQUERADE', 'REDIRECT', 'NETMAP']);

/** Targets after which the packet goes on with the next rule. */
const PASSING: ReadonlySet<string> = new Set(['MARK', 'CONNMARK', 'CT', 'LOG', 'NFLOG', 'TRACE', 'TCPMSS', 'SET']);

/** The verdict that the trace shows for a rule of iptables, by its text. */
function verdictOf(text: string): string {
  const [, how, target = ''] = / -([jg]) (\S+)/.exec(text.replace(/"(?:[^"\\]|\\.)*"/g, '""')) ?? [];
  if (how === undefined || PASSING.has(target)) return 'CONTINUE';
  if (TERMINAL.has(target)) return 'ACCEPT';
  if (target === 'REJECT') return 'DROP';
  if (['ACCEPT', 'DROP', 'RETURN'].includes(target)) return target;
  return `${how === 'g' ? 'GOTO' : 'JUMP'}:${target}`;
}

/** The difference between the predicted end and the traced one of the same way; undefined if there is none. */
export function wrongEnd({ end, flow }: Outcome, { last, left }: Traced): string | undefined {
  if (end === 'delivered' && last !== 'INPUT') return `delivered, and it was last in ${last}`;
  if (!left) return undefined;
  const source = ipOf(left.source).text;
  const isRight = flow.sourceNat === undefined ? source === flow.source.text : OWN.has(source);
  return isRight ? undefined : `source ${flow.sourceNat ?? 'kept'}, and it left from ${source}`;
}

/** How many packets to send until the rarest way is seen, with a chance of 10^-12 to miss it. */
export function enough(ways: readonly Outcome[]): number {
  const certain = ways.filter(({ depends }) => depends.length === 0);
  const least = Math.min(...certain.map(({ share }) => toNumber(share)));
  return least >= 1 || certain.length === 0 ? 1 : Math.ceil(Math.log(1e-12) / Math.log(1 - least));
}

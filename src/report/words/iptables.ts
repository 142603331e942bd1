/**
 * words, part: a rule of iptables → a sentence.
 */
import { type Family, joinHostPort } from '../../ip.js';
import { parseRule } from '../../tools/iptables/parse.js';
import type { Header, Match, Negatable, Rule, Target } from '../../tools/iptables/types.js';

/** The sentence about a line of iptables-save. */
export function iptablesWords(family: Family, line: string): string {
  const [, declared] = /^:(\S+) /.exec(line) ?? [];
  if (declared !== undefined) return 'The chain itself, before its rules.';
  const [, chain = '', rest = ''] = /^-A (\S+)(.*)$/.exec(line) ?? [];
  const rule = rest === '' ? undefined : parseRule(rest, family);
  return rule ? sentence(TO_RELAY.test(chain) ? toRelay(rule) : rule) : '';
}

/** Chains of userspace mode for connections of the node itself, which DNAT leads to its own address. */
const TO_RELAY = /^KUBE-(?:PORTALS|NODEPORT)-HOST$/;

function toRelay(rule: Rule): Rule {
  const { target } = rule;
  return target?.kind === 'dnat' ? { ...rule, target: { kind: 'redirect', port: target.port } } : rule;
}

function sentence({ header, matches, target }: Rule): string {
  const what = [...headerWords(header), ...matches.flatMap(matchWords)].join(', ');
  const then = target ? targetWords(target) : 'on with the next rule';
  const text = what === '' ? `Everything that comes here: ${then}.` : `${what}: ${then}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const but = ({ not }: Negatable<unknown>, yes: string, no: string) => (not ? no : yes);

/** `10.0.0.1` of `10.0.0.1/32` */
const bare = (cidr: string) => cidr.replace(/\/(?:32|128)$/, '');

function headerWords({ protocol, source, destination, inInterface, outInterface, other }: Header): readonly string[] {
  return [
    ...(typeof protocol === 'string' ? [protocol.toUpperCase()] : []),
    ...(typeof protocol === 'object' ? [`${but(protocol, '', 'not ')}${protocol.value}`] : []),
    ...(source ? [`${but(source, '', 'not ')}from ${bare(source.value)}`] : []),
    ...(destination ? [`${but(destination, '', 'not ')}to ${bare(destination.value)}`] : []),
    ...(inInterface ? [`${but(inInterface, '', 'not ')}in by ${inInterface.value}`] : []),
    ...(outInterface ? [`${but(outInterface, '', 'not ')}out by ${outInterface.value}`] : []),
    ...(other === undefined ? [] : [other.trim()]),
  ];
}

function matchWords(match: Match): readonly string[] {
  switch (match.kind) {
    case 'comment':
      return [];
    case 'l4':
      return match.destinationPort === undefined ? [] : [`port ${match.destinationPort}`];
    case 'ports':
      return [`port ${match.ports.join(' to ')}`];
    case 'same-address':
      return ['to the address that it comes from'];
    case 'conntrack':
      return [`of a connection that is ${but(match.states, '', 'not ')}${match.states.value.join(' or ')}`];
    case 'mark':
      return [`${but(match.mark, 'with the mark', 'without the mark')} 0x${match.mark.value.value.toString(16)}`];
    case 'addrtype':
      return [`${but(match.type, '', 'not ')}${match.side === 'source' ? 'from' : 'to'} an address of this node`];
    case 'set':
      return [`whose ${match.sides.map((side) => SIDE[side]).join(' and ')} are in the set ${match.set}`];
    case 'physdev-in':
      return [but(match.in, 'in over a bridge', 'not in over a bridge')];
    case 'ipvs':
      return [`of the virtual server ${joinHostPort(match.address, match.port)}`];
    case 'statistic':
      return [`for ${partOf(match.probability / 2 ** 31)} of the connections that get here`];
    case 'recent':
      return match.check.kind === 'set'
        ? ['remembering the client']
        : [`from a client that came here in the last ${match.check.seconds} s`];
    case 'unknown':
      return [match.text.trim()];
  }
}

const SIDE = { src: 'source', dst: 'destination' } as const;

function partOf(probability: number): string {
  const whole = Math.round(1 / probability);
  return Math.abs(probability - 1 / whole) < 2 ** -24 ? `1/${whole}` : `${(probability * 100).toFixed(2)} %`;
}

function targetWords(target: Target): string {
  switch (target.kind) {
    case 'accept':
      return 'is accepted';
    case 'drop':
      return 'is dropped, and the client waits in vain';
    case 'reject':
      return 'is refused, and the client is told so';
    case 'return':
      return 'goes back to the chain that it came from';
    case 'jump':
    case 'goto':
      return JUMPS.find(([name]) => name.test(target.chain))?.[1] ?? `goes on in ${target.chain}`;
    case 'mark':
      return `gets the mark 0x${target.value.toString(16)}`;
    case 'dnat':
      return `is sent to the endpoint ${joinHostPort(target.ip, target.port)}`;
    case 'redirect':
      return `is sent to port ${target.port} of this node, where the relay takes it`;
    case 'masquerade':
      return 'leaves with the address of this node as its source';
    case 'unknown':
      return target.text.trim();
  }
}

/** Chains whose name says little, by what they do. */
const JUMPS: readonly (readonly [RegExp, string])[] = [
  [/^KUBE-MARK-MASQ$/, 'is marked, so that it leaves with the address of this node as its source'],
  [/^KUBE-MARK-DROP$/, 'is marked, and dropped later'],
];

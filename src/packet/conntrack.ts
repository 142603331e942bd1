/**
 * conntrack: what rules of other programs ask about a packet's connection.
 */
import { parseIp } from '../ip.js';
import type { Flow, State } from './packet.js';
import { portsHave } from './ranges.js';

/** The test of an option of `-m conntrack` or `-m state`, without its negation; undefined if the option is not known. */
export function readConntrack(option: string, value: string): ((flow: Flow) => boolean | undefined) | undefined {
  switch (option) {
    case 'ctstate':
    case 'state': {
      const wanted = new Set(value.split(','));
      return (flow) => hasState(wanted, flow);
    }
    case 'ctproto':
      return ({ protocol }) => PROTOCOLS.get(value) === protocol || value === protocol;
    case 'ctdir':
      return ({ state }) => (state === 'NEW' ? value === 'ORIGINAL' : undefined);
    case 'ctorigdst':
      return ({ original, destination, state }) => {
        if (isOfEarlier(state)) return undefined;
        const ip = parseIp(value.replace(/\/(?:32|128)$/, ''));
        return ip && ip.text === (original?.destination ?? destination).text;
      };
    case 'ctorigdstport':
      return ({ original, destinationPort, state }) => {
        if (isOfEarlier(state)) return undefined;
        const number = original?.port ?? destinationPort;
        return number === undefined ? undefined : portsHave(value, number);
      };
    default:
      return undefined;
  }
}

const PROTOCOLS: ReadonlyMap<string, string> = new Map([
  ['6', 'tcp'],
  ['17', 'udp'],
  ['132', 'sctp'],
  ['1', 'icmp'],
  ['58', 'ipv6-icmp'],
]);

/**
 * Whether the flow has one of the conntrack states; DNAT and SNAT hold in addition to one of the others. Undefined if
 * the rules that translated the first packet of its connection are not known.
 */
export function hasState(wanted: ReadonlySet<string>, { state, original, sourceNat }: Flow): boolean | undefined {
  if (wanted.has(state)) return true;
  if ((wanted.has('DNAT') && original !== undefined) || (wanted.has('SNAT') && sourceNat !== undefined)) return true;
  return isOfEarlier(state) && (wanted.has('DNAT') || wanted.has('SNAT')) ? undefined : false;
}

/** Whether the connection began before: its marks and translations are those of earlier packets. */
function isOfEarlier(state: State): boolean {
  return state === 'ESTABLISHED' || state === 'RELATED';
}

/**
 * The header of a rule: the options before its first match or target.
 */
import { type Family, inetNtop, parseCidr, parseIp } from '../../../ip.js';
import { PROTOCOL_NUMBER } from '../spelling.js';
import { type Header, is, type L4Protocol, type Negatable, not } from '../types.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * The header that `text` spells. Fields are read in the order in which every version of iptables-save prints them. From
 * the first unknown option on, or a value that its field cannot hold, the text is kept as it is.
 */
export function parseHeader(text: string, family: Family): Header {
  const header: Writable<Header> = {};
  let at = 0;
  let order = 0;
  for (;;) {
    OPTION.lastIndex = at;
    const [all, bang, letter = '', value = ''] = OPTION.exec(text) ?? [];
    const place = ORDER.indexOf(letter, order);
    if (all === undefined || place < 0) break;
    if (!setField(header, letter, bang === undefined ? is(value) : not(value), family)) break;
    at += all.length;
    order = place + 1;
  }
  if (at < text.length) header.other = text.slice(at);
  return header;
}

const OPTION = / (! )?-([sdiop]) ([^\s"]+)(?!\S)/y;
const ORDER = 'sdiop';

/** Stores the value in its field, if the field can hold it. */
function setField(header: Writable<Header>, letter: string, given: Negatable<string>, family: Family): boolean {
  if (letter === 's' || letter === 'd') {
    const address = parseAddress(given, family);
    if (!address) return false;
    header[letter === 's' ? 'source' : 'destination'] = address;
  } else if (letter === 'p') header.protocol = parseProtocol(given);
  else header[letter === 'i' ? 'inInterface' : 'outInterface'] = given;
  return true;
}

/**
 * A network in the spelling of print. `10.0.0.0/255.0.255.0` is no prefix; the network of all addresses is no
 * condition.
 */
function parseAddress({ not, value }: Negatable<string>, family: Family): Negatable<string> | undefined {
  if (family === 'ipv4' && isHost(value)) return { not, value };
  const cidr = parseCidr(value);
  if (cidr?.family !== family || inetNtop(cidr.text) !== value || (cidr.prefix === 0 && !not)) return undefined;
  return { not, value: cidr.text };
}

/** Whether it is an IPv4 address in the spelling of print, as in nearly all rules. */
function isHost(value: string): boolean {
  const address = value.endsWith('/32') ? value.slice(0, -'/32'.length) : '';
  return address !== '' && parseIp(address)?.text === address;
}

/** Some versions print numbers, or find no /etc/protocols to look names up in; numbers and names mean the same. */
function parseProtocol({ not, value }: Negatable<string>): L4Protocol | Negatable<string> {
  const ours = PROTOCOLS.find((protocol) => protocol === value || `${PROTOCOL_NUMBER[protocol]}` === value);
  return ours !== undefined && !not ? ours : { not, value: ours ?? value };
}

const PROTOCOLS: readonly L4Protocol[] = ['tcp', 'udp', 'sctp'];

/**
 * words: a line that a tool prints for a Service → a sentence about it, for those who do not read the tool's language.
 * In: the heading of the lines, as `show` of the tool writes it, and the line. Out: a sentence; empty where the line
 * says nothing.
 */
import { iptablesWords } from './words/iptables.js';
import { ipsetWords, ipvsWords } from './words/ipvs.js';
import { nftElementWords, nftRuleWords } from './words/nft.js';
import { relayWords } from './words/relay.js';

/** The sentence about a line. */
export function wordsOf(heading: string, line: string): string {
  const [tool = '', kind = '', , , name = ''] = heading.replace(/^### /, '').split(' ');
  switch (tool) {
    case 'iptables':
    case 'ip6tables':
      return iptablesWords(tool === 'iptables' ? 'ipv4' : 'ipv6', line);
    case 'ipset':
      return ipsetWords(line);
    case 'ipvsadm':
      return ipvsWords(line);
    case 'ip':
      return 'The node takes packets to this address as its own, so that IPVS sees them.';
    case 'nft':
      return kind === 'chain' ? nftRuleWords(line) : nftElementWords(name, line);
    case 'relay':
      return relayWords(line);
    default:
      return '';
  }
}

/** What a heading's chain, set or map is for. */
export function headingOf(heading: string): { readonly title: string; readonly what: string } {
  const words = heading.replace(/^### /, '').split(' ');
  const [tool = ''] = words;
  const title = words.at(-1) ?? '';
  if (tool === 'iptables' || tool === 'ip6tables') return { title, what: `chain of table ${words[1]}, ${tool}` };
  if (tool === 'ipset') return { title, what: 'ipset' };
  if (tool === 'ipvsadm') return { title: 'virtual servers', what: 'IPVS' };
  if (tool === 'relay') return { title, what: `listener of the relay, ${words[1]}` };
  if (tool === 'ip') return { title, what: 'addresses of the node' };
  return { title, what: `${words[1]} of table ${words.slice(2, 4).join(' ')}, nft` };
}

/**
 * nft-answers: rules of nftables, and one packet → the evaluator's answer in words.
 */
import { parseIp } from '../../ip.js';
import { newEvaluator } from '../../packet/evaluate.js';
import type { PacketClass } from '../../packet/packet.js';
import { answerOf } from '../../packet/verdict.js';
import { parse as parseIptables } from '../../tools/iptables/parse.js';
import { parse } from '../../tools/nft/parse.js';

const OWN = new Set(['192.168.7.2', 'fd00:7::2']);

/** The first packet of a connection from a host on the LAN. */
export function packet(to: string, port: number, more: Partial<PacketClass> = {}): PacketClass {
  const [source, destination] = [to.includes(':') ? 'fd00:7::100' : '192.168.7.100', to].map((text) => parseIp(text));
  if (!source || !destination) throw new Error(`no address: ${to}`);
  const head = { family: destination.family, source, destination, protocol: 'tcp', destinationPort: port };
  return { ...head, sourcePort: 40_000, inInterface: 'eth0', ...more };
}

/** An evaluator of rules of nft, and of iptables-save. */
export function evaluatorOf(rules: string, iptables = '') {
  const { value: nftTables, diagnostics } = parse(rules);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { value: ruleSet } = parseIptables(iptables, 'ipv4');
  return newEvaluator({
    ruleSets: [ruleSet],
    sets: [],
    otherSets: [],
    virtualServers: [],
    nftTables,
    addresses: OWN,
  });
}

/** `DROP`, `DNAT 10.1.1.1:80 1/2`, and the unknown conditions after `?`. */
export function answer(rules: string, asked: PacketClass, iptables?: string): readonly string[] {
  const { results, depends } = answerOf(evaluatorOf(rules, iptables).evaluate(asked));
  const told = results.map(({ verdict, address, port, share: { n, d } }) =>
    [verdict, address && `${address}:${port}`, n === d ? '' : `${n}/${d}`].filter(Boolean).join(' '),
  );
  return [...told, ...depends.map((each) => `? ${each}`)];
}

/** A table whose base chain in `hook` has the rules; `more` is what else the table has. */
export function table(
  rules: readonly string[],
  { hook = 'forward', priority = 0, policy = 'accept', more = '', of = 'ip', type = 'filter' } = {},
) {
  return `table ${of} t${priority < 0 ? 'before' : ''}${Math.abs(priority)}${type} {
${more}
	chain base {
		type ${type} hook ${hook} priority ${priority}; policy ${policy};
${rules.map((each) => `\t\t${each}`).join('\n')}
	}
}
`;
}

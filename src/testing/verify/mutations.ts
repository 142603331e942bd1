/**
 * Mutations: the dumps of a node with one fault, such as a typing mistake or a program error would cause.
 */
import type { DumpText } from '../../dumps/dumps.js';
import type { Dice } from './dice.js';

export interface Mutation {
  /** A description for the message of a failed test. */
  readonly what: string;
  readonly texts: readonly DumpText[];
}

/** Returns the changed line, or undefined if the change does not apply to this line. */
type Change = (line: string, dice: Dice) => string | undefined;

/** Replaces one random match of `pattern`. */
function replaced(pattern: RegExp, by: (found: string, dice: Dice) => string): Change {
  return (line, dice) => {
    const places = [...line.matchAll(new RegExp(pattern, 'g'))];
    if (places.length === 0) return undefined;
    const { 0: found, index } = dice.of(places);
    return line.slice(0, index) + by(found, dice) + line.slice(index + found.length);
  };
}

const CHANGES: Readonly<Record<string, Change>> = {
  port: replaced(/(?<=--dport |[0-9\]]:|,(?:tcp|udp|sctp):)\d+\b/, (port, dice) =>
    String(Number(port) + 1 + dice.below(3)),
  ),
  address: replaced(/(?<!--mask )\b(?:\d+\.){3}\d+(?=\/32|:|,|$| )/, (ip, dice) =>
    ip.replace(/\d+$/, (last) => String((Number(last) + 1 + dice.below(3)) % 256)),
  ),
  // The last two digits, so that the address stays in canonical form.
  address6: replaced(/(?<=::[0-9a-f:]*?)[1-9a-f][0-9a-f]?(?=\/128|\]|,|$| )/, (last, dice) =>
    (((Number.parseInt(last, 16) + dice.below(3)) % 255) + 1).toString(16),
  ),
  mask: replaced(/(?<=\.0\/)\d+\b/, (prefix, dice) =>
    String(Math.max(1, Math.min(32, Number(prefix) + dice.of([-1, 1])))),
  ),
  mask6: replaced(/(?<=::\/)\d+\b/, (prefix, dice) => String(Math.min(128, Number(prefix) + dice.of([-1, 1])))),
  probability: replaced(/(?<=--probability )[0-9.]+/, (share) => (Number(share) * 0.9).toFixed(11)),
  mark: replaced(/0x4000\b/, () => '0x8000'),
  seconds: replaced(/(?<=--seconds )\d+/, (seconds) => String(Number(seconds) + 1)),
  list: replaced(/(?<=--name )\S+/, (name) => `${name}X`),
  negation: (line) => (line.includes('! ') ? line.replace('! ', '') : line.replace(/ (-s|-d|--mark) /, ' ! $1 ')),
  protocol: replaced(/(?<=-p |-m )(?:tcp|udp)\b/, (protocol) => (protocol === 'tcp' ? 'udp' : 'tcp')),
  accept: replaced(/(?<=-j )(?:ACCEPT|RETURN)$/, () => 'DROP'),
  drop: replaced(/(?<=-j )DROP$/, () => 'ACCEPT'),
  refuse: replaced(/(?<=-j )REJECT .*$/, () => 'DROP'),
  masquerade: replaced(/(?<=-j )MASQUERADE.*$/, () => 'RETURN'),
  policy: replaced(/(?<=^:[A-Z]+ )ACCEPT/, () => 'DROP'),
  states: replaced(/(?<=--ctstate )\S+/, () => 'ESTABLISHED'),
  set: replaced(/(?<=--match-set )\S+/, (name) =>
    name === 'KUBE-CLUSTER-IP' ? 'KUBE-LOAD-BALANCER' : 'KUBE-CLUSTER-IP',
  ),
  sides: replaced(/(?<= )dst,dst\b/, () => 'src,dst'),
  weight: replaced(/(?<=-w )\d+/, () => '0'),
  scheduler: replaced(/(?<=-s )(?:rr|lc|wrr|sh)\b/, (name) => (name === 'rr' ? 'lc' : 'rr')),
  persistence: replaced(/(?<=-p )\d+$/, (seconds) => String(Number(seconds) * 2)),
};

/** Changes one random line of `texts`, deletes it, repeats it, or swaps it with the next line. */
export function mutate(texts: readonly DumpText[], dice: Dice): Mutation {
  for (;;) {
    const text = dice.of(texts);
    const lines = text.text.split('\n');
    const at = dice.below(lines.length);
    const line = lines[at] ?? '';
    if (!/^(?:-A|-a|add|:[A-Z]+ (?:ACCEPT|DROP))/.test(line)) continue;
    const name = dice.of(['gone', 'twice', 'swapped', ...Object.keys(CHANGES), ...Object.keys(CHANGES)]);
    const now = changed(name, lines, at, dice);
    if (now === undefined || now === text.text) continue;
    return {
      what: `${text.name}: ${name}: ${line}`,
      texts: texts.map((each) => (each === text ? { ...each, text: now } : each)),
    };
  }
}

function changed(name: string, lines: readonly string[], at: number, dice: Dice): string | undefined {
  const [before, line = '', next = '', after] = [lines.slice(0, at), lines[at], lines[at + 1], lines.slice(at + 2)];
  const isRule = line.startsWith('-A') || line.startsWith('-a');
  switch (name) {
    case 'gone':
      return line.startsWith(':') ? undefined : [...before, next, ...after].join('\n');
    case 'twice':
      return isRule && line.includes(' -j ') ? [...before, line, line, next, ...after].join('\n') : undefined;
    case 'swapped': {
      const chain = (text: string) => text.split(' ')[1];
      return isRule && chain(line) === chain(next) ? [...before, next, line, ...after].join('\n') : undefined;
    }
    default: {
      const now = CHANGES[name]?.(line, dice);
      return now === undefined || now === line ? undefined : [...before, now, next, ...after].join('\n');
    }
  }
}

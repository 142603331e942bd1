/**
 * subject: the rules of a conformance case that mutations are made of, and how each of its texts is loaded.
 */
import { readFileSync } from 'node:fs';
import { type DumpText, readDumps } from '../../dumps/dumps.js';
import type { Family } from '../../ip.js';
import type { NodeRules } from '../../packet/node.js';
import { type Case, conformanceCases } from '../cases/cases.js';
import { compiledState } from '../cases/compiled.js';
import { WAIT } from '../machine/kernel.js';
import type { Feed } from '../network/sent/answers.js';
import { OWN } from '../network/traced/classes.js';

export interface Subject {
  readonly name: string;
  /** The packets that are sent. */
  readonly family: Family;
  readonly texts: readonly DumpText[];
  /** Addresses of the node: its own, and virtual IPs. */
  readonly addresses: ReadonlySet<string>;
  /** The number of packets in the list: fewer where they are slow. */
  readonly packets: number;
  /** Loads a text in place of what was loaded of the same name. */
  readonly load: (text: DumpText) => readonly Feed[];
}

/** The rules of kube-proxy in iptables mode for one family, of the cases that have a Service of it. */
export function iptablesSubjects(family: Family): readonly Subject[] {
  return conformanceCases().flatMap(({ name, dumps: { [family]: path } }): Subject[] => {
    const text = path === undefined ? '' : readFileSync(path, 'utf8');
    if (!/^-A KUBE-(?:SERVICES|EXTERNAL-SERVICES) -d /m.test(text)) return [];
    const load: Subject['load'] = (changed) => [{ argv: RESTORE[family], input: changed.text }];
    return [
      { name: `${name} ${family}`, family, texts: [{ name: 'iptables', text }], addresses: OWN, packets: 40, load },
    ];
  });
}

/** The state of ipvs mode; the texts of one family only. */
export function ipvsSubject(each: Case, family: Family): Subject {
  const { ipvsadm, ipset, addresses, ...state } = compiledState(each);
  const own = [...addresses.matchAll(/\baddress add ([^ /]+)/g)].map(([, ip = '']) => ip);
  const iptables = family === 'ipv4' ? state.iptables : state.ip6tables;
  return {
    name: `${each.name} ipvs ${family}`,
    family,
    texts: [
      { name: 'iptables', text: iptables },
      { name: 'ipset', text: ipset },
      { name: 'ipvsadm', text: ipvsadm },
    ].filter(({ text }) => text.trim() !== ''),
    addresses: new Set([...OWN, ...own]),
    packets: 12,
    load: ({ name, text }) => {
      switch (name) {
        case 'ipset':
          return [
            { argv: ['ipset', 'flush'], input: '' },
            { argv: ['ipset', '-exist', 'restore'], input: text },
          ];
        case 'ipvsadm':
          return [
            { argv: ['ipvsadm', '--clear'], input: '' },
            { argv: ['ipvsadm', '--restore'], input: text },
          ];
        default:
          return [{ argv: RESTORE[family], input: text }];
      }
    },
  };
}

const RESTORE: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['iptables-nft-restore', WAIT],
  ipv6: ['ip6tables-nft-restore', WAIT],
};

/** The rules in texts of a subject; undefined if they have errors or warnings. */
export function rulesIn({ addresses }: Subject, texts: readonly DumpText[]): NodeRules | undefined {
  const { value, diagnostics } = readDumps(texts);
  return diagnostics.length > 0 ? undefined : { ...value.rules, addresses };
}

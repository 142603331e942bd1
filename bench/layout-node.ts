/**
 * A namespace with the rules of a cluster, to send packets in.
 */
import { readFileSync } from 'node:fs';
import { cpuSeconds, firstPacket, makeNetns, type Netns } from './netns.js';

/** Where the packets of a measurement go. */
type To = 'last Service' | 'no Service' | 'last node port';

export interface Loaded {
  readonly netns: Netns;
  /** Seconds of the first packets so far. */
  readonly times: Readonly<Record<To, number[]>>;
  /** Sends first packets to each once more. */
  readonly send: (flows: number) => void;
}

/** A namespace that has loaded `path`; `rules` are those of kube-proxy's layout, which say what is last. */
export function load(path: string, tool: string, rules: string): Loaded {
  const netns = makeNetns();
  cpuSeconds(netns, tool, [path]);
  const [, service = ''] = /.*\n-A KUBE-SERVICES -d (\S+)\/32 /s.exec(rules) ?? [];
  const [, port = ''] = /.*\n-A KUBE-NODEPORTS .* --dport (\d+) /s.exec(rules) ?? [];
  const times = { 'last Service': [], 'no Service': [], 'last node port': [] } as Record<To, number[]>;
  return {
    netns,
    times,
    send: (flows) => {
      times['last Service'].push(firstPacket(netns, service, flows));
      times['no Service'].push(firstPacket(netns, '10.95.0.1', flows));
      times['last node port'].push(firstPacket(netns, '192.168.7.2', flows, Number(port)));
    },
  };
}

/** The sizes of the kernel's tables of iptables-legacy, by address. */
export type TableBytes = ReadonlyMap<string, number>;

export function tableBytes(): TableBytes;
/** The sum of those that are new since `before`. */
export function tableBytes(before: TableBytes): number;
export function tableBytes(before?: TableBytes): TableBytes | number {
  const lines = readFileSync('/proc/vmallocinfo', 'utf8').split('\n');
  const now = new Map(
    lines
      .filter((line) => line.includes('xt_alloc_table_info'))
      .map((line) => [line.split(' ')[0] ?? '', Number(line.split(/ +/)[1])] as const),
  );
  if (!before) return now;
  return [...now].reduce((sum, [address, bytes]) => (before.has(address) ? sum : sum + bytes), 0);
}

/**
 * Traces packets through the dump of a node, whose path is the argument, and says as JSON how many milliseconds of CPU
 * it took. Behind the path stands `iptables` or `nftables`.
 */
import { readFileSync } from 'node:fs';
import { ipOf, parseIp } from '../src/ip.js';
import { newEvaluator } from '../src/packet/evaluate.js';
import { answerOf } from '../src/packet/verdict.js';
import { parse } from '../src/tools/iptables/parse.js';
import { parse as parseNft } from '../src/tools/nft/parse.js';

const [, , file = '', mode = 'iptables'] = process.argv;
const PACKETS = 100_000;

const text = readFileSync(file, 'utf8');
const { evaluate } = newEvaluator({
  ruleSets: mode === 'iptables' ? [parse(text, 'ipv4').value] : [],
  nftTables: mode === 'nftables' ? parseNft(text).value : [],
  sets: [],
  otherSets: [],
  virtualServers: [],
  addresses: new Set(['192.168.0.1']),
});
const served = ip('10.96.0.1');
trace(0);
const first = cpu();
for (let i = 1; i <= PACKETS; i++) trace(i);
const packets = cpu() - first;
const [, peak = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
console.log(JSON.stringify({ first, packets, peakKb: Number(peak) }));

/** Milliseconds since the start of the process, of all its threads in user mode. */
function cpu(): number {
  return process.cpuUsage().user / 1000;
}

/** From outside to one Service after another. */
function trace(i: number): void {
  const [a = 0, b = 0] = served.bytes;
  // The cluster IPs of bench/cluster.ts.
  const n = i % 10_000;
  const destination = ipOf([a, b, 1 + Math.floor(n / 254), 1 + (n % 254)]);
  const outcomes = evaluate({
    family: 'ipv4',
    source: ip('192.168.7.100'),
    destination,
    protocol: 'tcp',
    destinationPort: 80,
    sourcePort: 40_000,
    inInterface: 'eth0',
  });
  if (!answerOf(outcomes).results.some(({ verdict }) => verdict === 'DNAT')) throw new Error('not served');
}

function ip(text: string) {
  const found = parseIp(text);
  if (!found) throw new Error(`no address: ${text}`);
  return found;
}

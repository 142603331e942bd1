/**
 * vipc verify against the kernel: where verify reports a fault in the rules of fixtures/packets, connections from a client,
 * a pod and the node get the expected answers, both with the original rules and with the faulty ones.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readDumps } from '../dumps/dumps.js';
import { parseIp } from '../ip.js';
import { type Evaluator, newEvaluator } from '../packet/evaluate.js';
import { answerOf } from '../packet/verdict.js';
import { compile } from '../pipeline.js';
import { artifactText } from '../testing/cases/compiled.js';
import { agentHost } from '../testing/machine/agent.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { answerFrom, type From, packetsInput } from '../testing/network/packets.js';
import { connect, makeTopology, type Topology } from '../testing/network/topology.js';
import { often, seed } from '../testing/run/extent.js';
import { diceOf } from '../testing/verify/dice.js';
import { mutate } from '../testing/verify/mutations.js';
import { verify } from '../verify/verify.js';

const describeKernel = await describeInKernel();

const NODE = ['127.0.0.1', '192.168.7.2', '10.244.1.1'];

const SENDERS: readonly (readonly [From, string, string | undefined])[] = [
  ['client', '192.168.7.100', 'eth0'],
  ['pod1', '10.244.1.5', 'pod1'],
  ['node', '192.168.7.2', undefined],
];

interface Sent {
  readonly from: From;
  readonly to: string;
  readonly port: number;
  readonly answers: readonly (readonly string[])[];
}

describeKernel('faults in rules', () => {
  let topology: Topology;
  beforeAll(async () => {
    topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
    succeeded(await topology.node.run(['sysctl', '-q', 'net.ipv4.icmp_ratelimit=0']), 'sysctl');
  });
  afterAll(() => topology?.remove());

  it('show in packets where verify says so', async () => {
    const { sources, options } = packetsInput();
    const base = artifactText(compile(sources, options).value, 'iptables.rules');
    const load = async (text: string) =>
      succeeded(await topology.node.run(['iptables-restore'], text), 'iptables-restore');
    // A mutation may make rules that iptables refuses, such as a UDP match in a rule for TCP.
    const isLoadable = async (text: string) => (await topology.node.run(['iptables-restore'], text)).code === 0;
    let sent = 0;
    for (let i = 0; sent < often(2, 20) && i < 400; i++) {
      const texts = [{ name: 'iptables.rules', text: base }];
      const { what, texts: mutated } = mutate(texts, diceOf(seed + i * 7919));
      const found = differingSends(texts, mutated);
      const changed = mutated[0]?.text ?? '';
      if (found.length === 0 || !(await isLoadable(changed))) continue;
      for (const [side, text] of [base, changed].entries()) {
        await load(text);
        for (const { from, to, port, answers } of found.slice(0, 1)) {
          const seen = new Set(await connect(topology[from], { to, port, count: 4, seconds: 1 }));
          const expected = new Set(answers[side]);
          expect([what, from, to, port, side, [...seen].filter((each) => !expected.has(each))]).toEqual([
            what,
            from,
            to,
            port,
            side,
            [],
          ]);
        }
      }
      sent++;
    }
    expect(sent).toBe(often(2, 20));
  });
});

/** Connections to places that verify found, for which the two sides have no answer in common. */
function differingSends(
  before: Parameters<typeof readDumps>[0],
  after: Parameters<typeof readDumps>[0],
): readonly Sent[] {
  const [a, b] = [before, after].map((texts) => readDumps(texts));
  if (!a || !b || a.diagnostics.length + b.diagnostics.length > 0) return [];
  const [left, right] = [a, b].map(({ value }) => ({ ...value.rules, addresses: new Set(NODE) }));
  if (!left || !right) return [];
  const places = new Map<string, readonly [string, number]>();
  verify(
    { rules: left },
    { rules: right },
    ({ packet: { destination, destinationPort, protocol, state, remembered } }) => {
      if (
        protocol === 'tcp' &&
        state === undefined &&
        !remembered &&
        destinationPort !== undefined &&
        !destination.text.startsWith('127.')
      )
        places.set(`${destination.text} ${destinationPort}`, [destination.text, destinationPort]);
    },
    ['ipv4'],
  );
  const evaluators = [newEvaluator(left), newEvaluator(right)];
  return [...places.values()].flatMap(([to, port]) =>
    SENDERS.flatMap(([from, source, inInterface]): readonly Sent[] => {
      // The kernel selects the destination as source address for packets to an address of the node itself.
      if (from === 'node' && to === '10.244.1.1') return [];
      const answers = evaluators.map((evaluator) => answersTo(evaluator, source, to, port, inInterface));
      const [was, is] = answers;
      // Skips destinations without a server, and those where both sides can give the same answer.
      if (!was || !is || was.some((each) => is.includes(each))) return [];
      return [{ from, to, port, answers: [was, is] }];
    }),
  );
}

/** `refused`, `timeout` or `10.244.1.5 10.244.1.1` (endpoint, source that it sees); undefined: not testable here. */
function answersTo(
  evaluator: Evaluator,
  from: string,
  to: string,
  port: number,
  inInterface: string | undefined,
): readonly string[] | undefined {
  const [source, destination] = [parseIp(from), parseIp(to)];
  if (!source || !destination) return undefined;
  const { results, depends } = answerOf(
    evaluator.evaluate({
      family: 'ipv4',
      source,
      destination,
      protocol: 'tcp',
      sourcePort: 40000,
      destinationPort: port,
      ...(inInterface !== undefined && { inInterface }),
    }),
  );
  if (depends.length > 0) return undefined;
  const answers = results.map(({ verdict, address = '', port: at, masquerade }) => {
    if (verdict === 'REJECT') return 'refused';
    if (verdict === 'DROP') return 'timeout';
    if (verdict !== 'DNAT' || at !== 8080 || !/^10\.244\.(?:1\.[56]|2\.[6-9])$/.test(address)) return undefined;
    const here = address.startsWith('10.244.1.');
    // Without masquerade a reply passes the node only from its own pods, and never from a pod to itself.
    if (!masquerade && (address === from || from === '192.168.7.2' || !here)) return undefined;
    return answerFrom(address, from, masquerade);
  });
  return answers.every((each) => each !== undefined) ? answers : undefined;
}

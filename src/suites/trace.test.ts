/**
 * Traces: goldens of some, and what kube-proxy's own dumps do to packets is what our rules do.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readDumps } from '../dumps/dumps.js';
import { type Ip, parseIp } from '../ip.js';
import { rulesOf } from '../packet/desired.js';
import { type Evaluator, newEvaluator } from '../packet/evaluate.js';
import type { PacketClass } from '../packet/packet.js';
import { answerOf } from '../packet/verdict.js';
import { type Compiled, compileState } from '../pipeline.js';
import { type ConformanceCase, caseInput, conformanceCases, ROOT } from '../testing/cases/cases.js';
import { sample } from '../testing/run/extent.js';
import { vipc } from '../testing/run/vipc.js';

const GOLDEN = `${ROOT}golden/trace`;
const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];
const FIXTURE = 'fixtures/packets/services';

/** By the name of the file: what is asked, in the order of the answers. */
const QUESTIONS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'iptables.txt': [
    ['--from', '10.244.1.5', '--to', 'svc/web:tcp'],
    ['--from', 'outside', '--to', 'node:30080'],
    ['--from', 'node', '--to', 'sticky:80'],
    ['--from', 'outside', '--to', '203.0.113.4:80'],
    ['--from', 'outside', '--to', '203.0.113.6:80', '-v'],
    ['--from', 'outside', '--to', '1.1.1.1:443'],
  ],
  'ipvs.txt': [
    ['--mode', 'ipvs', '--from', 'outside', '--to', '198.51.100.7:80'],
    ['--mode', 'ipvs', '--from', 'node', '--to', '[fd00:10:96::1]:80'],
    ['--mode', 'ipvs', '--from', 'outside', '--to', '203.0.113.4:80'],
  ],
};

describe.each(Object.entries(QUESTIONS))('golden/trace/%s', (file, questions) => {
  it('is as it was', async () => {
    const texts: string[] = [];
    for (const question of questions) {
      const argv = ['trace', ...question, '-c', `${ROOT}${FIXTURE}/config.yaml`, `${ROOT}${FIXTURE}/cluster.yaml`];
      const { code, stdout, stderr } = await vipc(argv, '');
      texts.push(`$ vipc trace ${question.join(' ')}\n${stdout}${stderr.replaceAll(ROOT, '')}exit ${code}\n`);
    }
    const text = texts.join('\n');
    if (WRITE) {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(`${GOLDEN}/${file}`, text);
    }
    expect(text).toBe(readFileSync(`${GOLDEN}/${file}`, 'utf8'));
  });
});

it('there are no other goldens', () => expect(readdirSync(GOLDEN).sort()).toEqual(Object.keys(QUESTIONS).sort()));

/** What a case compiles to, and the node that kube-proxy ran on: its eth0 is the Node's InternalIPs. */
function own(each: ConformanceCase, mode: string): { readonly compiled: Compiled; readonly evaluator: Evaluator } {
  const { sources, options } = caseInput(each);
  const { value } = compileState(sources, { ...options, mode }, {});
  if (!value) throw new Error(`${each.name} does not compile`);
  return { compiled: value, evaluator: newEvaluator(rulesOf(value.desired, NODE)) };
}

const NODE = ['192.168.7.2', 'fd00:7::2'];

const LINKS = JSON.stringify([
  {
    ifname: 'eth0',
    addr_info: [
      { family: 'inet', local: '192.168.7.2', prefixlen: 24, scope: 'global' },
      { family: 'inet6', local: 'fd00:7::2', prefixlen: 64, scope: 'global' },
    ],
  },
]);

const FILES = {
  iptables: ['iptables-save', 'ip6tables-save'],
  ipvs: ['ipvs/iptables-save', 'ipvs/ip6tables-save', 'ipvs/ipset-save', 'ipvs/ipvsadm-save', 'ipvs/kube-ipvs0'],
} as const;

/** kube-proxy's own. */
function theirs({ directory }: ConformanceCase, mode: keyof typeof FILES): Evaluator {
  const paths = FILES[mode].map((file) => `${directory}kube-proxy/${file}`).filter(existsSync);
  const texts = paths.map((path) => ({ name: path, text: readFileSync(path, 'utf8') }));
  const { value, diagnostics } = readDumps([...texts, { name: 'links', text: LINKS }]);
  expect(diagnostics).toEqual([]);
  return newEvaluator(value.rules);
}

/** To every address and port that the node serves, and to some that it does not, from everywhere. */
function packets({ resolved }: Compiled): readonly PacketClass[] {
  const all = resolved.flatMap(({ node, ports }) => {
    const isV4 = node.family === 'ipv4';
    const [here, outside, pod] = (
      isV4 ? ['192.168.7.2', '192.168.7.100', '10.244.1.5'] : ['fd00:7::2', 'fd00:7::100', 'fd00:10:244:1::5']
    ).map(ip);
    const loopback = ip(isV4 ? '127.0.0.1' : '::1');
    if (!here || !outside || !pod) return [];
    const targets = ports.flatMap(({ name, frontends }) =>
      frontends.flatMap((each) =>
        (each.ip === undefined ? [here, loopback] : [ip(each.ip)]).flatMap((to) =>
          [each.port, 4].map((port) => ({ to, port, protocol: name.protocol.toLowerCase() })),
        ),
      ),
    );
    return targets.flatMap(({ to, port, protocol }): readonly PacketClass[] => {
      const packet = { family: node.family, destination: to, protocol, sourcePort: 40000, destinationPort: port };
      const isLoopback = to === loopback;
      return [
        { ...packet, source: isLoopback ? to : here },
        ...(isLoopback
          ? []
          : [
              { ...packet, source: outside, inInterface: 'eth0' },
              { ...packet, source: pod, inInterface: POD_INTERFACE },
              { ...packet, source: pod, inInterface: { not: [] } },
            ]),
      ];
    });
  });
  return all;
}

/** That of fixtures/conformance/local-mode-bridge; for other cases it is one like any other. */
const POD_INTERFACE = 'cni0';

function ip(text: string): Ip {
  const found = parseIp(text);
  if (!found) throw new Error(`no address: ${text}`);
  return found;
}

function told(evaluator: Evaluator, packet: PacketClass) {
  const { results, depends } = answerOf(evaluator.evaluate(packet));
  return { depends, results: results.map(({ outcome: _, ...result }) => result) };
}

let compared = 0;

describe('kube-proxy’s dumps do to packets what our rules do', () => {
  const rows = conformanceCases().flatMap((each) => [
    ...(Object.keys(each.dumps).length > 0 ? [{ each, mode: 'iptables' as const }] : []),
    { each, mode: 'ipvs' as const },
  ]);
  it.each(rows.map(({ each, mode }) => [each.name, mode, each] as const))('%s %s', (_, mode, each) => {
    const { compiled, evaluator } = own(each, mode);
    const kubeProxys = theirs(each, mode);
    const some = sample(packets(compiled), 50, each.name, 50);
    for (const packet of some)
      expect({ packet, ...told(kubeProxys, packet) }).toEqual({ packet, ...told(evaluator, packet) });
    compared += some.length;
  });
  afterAll(() => expect(compared).toBeGreaterThan(1000));
});

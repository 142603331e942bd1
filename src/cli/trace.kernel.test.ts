/**
 * vipc trace of a live node, and of its capture: once a snapshot is applied, the result is that of the snapshot,
 * unless a rule of another program decides before.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { onNode } from '../testing/run/on-node.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

const describeKernel = await describeInKernel();

const QUESTION = ['--from', '10.244.1.9', '--to', 'svc/web'];

describeKernel.each(VARIANTS)('iptables-%s', (variant) => {
  it('the node, its capture and the snapshot do the same to a packet', () =>
    onNode(variant, async (run, _, netns) => {
      await run('apply', WEB);
      const live = await run('trace', '--live', ...QUESTION, WEB);
      const compiled = await vipc(['trace', '--layout', 'fast', ...QUESTION, WEB]);
      expect(live).toEqual(compiled);
      expect(live.stdout).toMatch(/^reaches one of 2 endpoints, source address kept\n/);

      const capture = join(directory, variant);
      expect((await vipc(['capture', '--netns', netns, '-o', capture])).code).toBe(0);
      const captured = await vipc(['trace', '--rules', capture, ...QUESTION, WEB]);
      expect(captured).toEqual(compiled);
    }));

  it('a rule of others decides before ours', () =>
    onNode(variant, async (run, host) => {
      await run('apply', WEB);
      const drop = '-I FORWARD -d 10.244.2.6/32 -j DROP';
      const restore = [`iptables-${variant}-restore`, '--noflush', '--wait=60'];
      succeeded(await host.run(restore, `*filter\n${drop}\nCOMMIT\n`), 'third party');
      const { code, stdout } = await run('trace', '--live', ...QUESTION, '--format', 'json', WEB);
      const { verdict, sentence, outcomes } = JSON.parse(stdout);
      expect({ code, verdict, sentence }).toEqual({
        code: 1,
        verdict: 'MIXED',
        sentence:
          'reaches 10.244.1.5:8080, source address kept (1/2 of connections); ' +
          'is dropped by rule 1 of filter FORWARD (1/2 of connections)',
      });
      expect(outcomes.map(({ probability }: { probability: number }) => probability)).toEqual([0.5, 0.5]);
    }));
});

/** `ip route get` prints the source that the kernel selects: `local 127.0.0.2 dev lo src 127.0.0.1 uid 0`. */
describeKernel('the source of packets from the node to itself is the kernel’s choice', () => {
  const ADDRESSES = [
    '192.168.7.9/24 dev eth0',
    '192.168.7.10/25 dev eth0',
    '192.168.7.11/25 dev eth0',
    '10.9.0.1/32 dev eth0',
    '10.9.0.2/32 dev eth0',
    '127.5.0.1/32 dev lo',
    '127.0.0.9/8 dev lo',
    '203.0.113.5/32 dev lo',
    'fd00:7::9/64 dev eth0 nodad',
  ];
  const TARGETS = [
    ...['127.0.0.1', '127.0.0.2', '127.9.9.9', '127.0.0.9', '127.5.0.1', '192.168.7.2', '192.168.7.9'],
    ...['192.168.7.10', '192.168.7.11', '10.9.0.1', '10.9.0.2', '203.0.113.5', '::1', 'fd00:7::2', 'fd00:7::9'],
  ];

  it('to each of its addresses', () =>
    withNode(async (host, netns) => {
      const script = ['ip link set lo up', ...ADDRESSES.map((each) => `ip address add ${each}`)].join('\n');
      succeeded(await host.run(['sh', '-ec', script]), 'addresses');
      const capture = join(directory, 'sources');
      expect((await vipc(['capture', '--netns', netns, '-o', capture])).code).toBe(0);
      for (const to of TARGETS) {
        const { stdout } = succeeded(await host.run(['ip', 'route', 'get', to]), 'ip route get');
        const target = to.includes(':') ? `[${to}]:80` : `${to}:80`;
        const question = ['trace', '--from', 'node', '--to', target, '--format', 'json', '--rules', capture];
        const { packet } = JSON.parse((await vipc(question)).stdout);
        expect([to, packet.from]).toEqual([to, / src (\S+)/.exec(stdout)?.[1]]);
      }
    }));
});

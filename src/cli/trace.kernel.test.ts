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
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { onNode } from '../testing/run/on-node.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

const describeKernel = await describeInKernel();

const QUESTION = ['--from', '10.244.1.9', '--to', 'svc/web'];

/** The text without the Service of each rule, which a node's rules name only in their comments. */
const plain = (text: string) => text.replaceAll(/ \(default\/web:http\)/g, '');

describeKernel.each(VARIANTS)('iptables-%s', (variant) => {
  it('the node, its capture and the snapshot do the same to a packet', () =>
    onNode(variant, async (run, _, netns) => {
      await run('apply', WEB);
      const live = await run('trace', '--live', ...QUESTION, WEB);
      const compiled = await vipc(['trace', ...QUESTION, WEB]);
      expect({ ...live, stdout: plain(live.stdout) }).toEqual({ ...compiled, stdout: plain(compiled.stdout) });
      expect(live.stdout).toMatch(/^reaches one of 2 endpoints, source address kept\n/);

      const capture = join(directory, variant);
      expect((await vipc(['capture', '--netns', netns, '-o', capture])).code).toBe(0);
      const captured = await vipc(['trace', '--rules', capture, ...QUESTION, WEB]);
      expect({ ...captured, stdout: plain(captured.stdout) }).toEqual({ ...compiled, stdout: plain(compiled.stdout) });
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

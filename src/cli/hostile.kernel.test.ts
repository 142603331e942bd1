/**
 * Foreign rules on a node are text from outside too: comments, names of chains and sets, and tool messages.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { escapedJson, isPrintable } from '../printable.js';
import { ROOT } from '../testing/cases/cases.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { succeeded, withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const EVIL = 'x\u001b[2J\u009b31m\u202e\u200b\u061c\u2028y';

const describeKernel = await describeInKernel();
const directory = mkdtempSync(join(tmpdir(), 'vipc-hostile-'));
afterAll(() => rmSync(directory, { recursive: true }));

describeKernel.each(VARIANTS)('with iptables-%s', (variant) => {
  it('rules of others are shown without what commands a terminal', () =>
    withNetns(async (host, name) => {
      const rules = [
        '*nat',
        ':KUBE-SERVICES - [0:0]',
        `:EVIL - [0:0]`,
        `-A KUBE-SERVICES -m comment --comment "${EVIL}" -j RETURN`,
        `-A PREROUTING -m comment --comment "${EVIL}" -j KUBE-SERVICES`,
        `-A EVIL -m comment --comment "${EVIL}" -j RETURN`,
        'COMMIT',
        '',
      ];
      succeeded(await host.run([`iptables-${variant}-restore`, '--wait=60'], rules.join('\n')), 'hostile rules');
      const lock = join(directory, `lock\u001b[2J`);
      writeFileSync(lock, '');
      const node = ['--netns', name, '--iptables', variant];
      const commands = [
        ['diff', '--live', ...node, WEB],
        ['diff', '--live', '--format', 'json', ...node, WEB],
        ['apply', '--dry-run', ...node, WEB],
        ['apply', '-v', '--lock-file', lock, ...node, WEB],
        ['cleanup', '--dry-run', ...node],
        ['cleanup', '--lock-file', lock, ...node],
        ['doctor', '--netns', name],
      ];
      let shown = '';
      for (const command of commands) {
        const { stdout, stderr } = await vipc(command, '');
        shown += stdout + stderr;
        const unsafe = `${stdout}\n${stderr}`.split('\n').filter((line) => !isPrintable(line));
        expect({ command, unsafe: unsafe.map(escapedJson) }).toEqual({ command, unsafe: [] });
      }
      // Proves that the hostile text was there.
      expect(shown).toContain('x\ufffd[2J\ufffd31m');
      expect(shown).toContain('x\\u001b[2J');
    }));
});

/**
 * vipc verify with a node as a side: live, and as vipc capture has recorded it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

const describeKernel = await describeInKernel();

describeKernel('a node as a side', () => {
  it.each(VARIANTS)(
    'is equal to the snapshot that was applied, until its rules change: iptables-%s',
    async (variant) => {
      await withNode(async (host, netns) => {
        const verify = async (...sides: readonly string[]) => {
          const { code, stdout, stderr } = await vipc(['verify', '--netns', netns, ...sides]);
          expect(stderr).toBe('');
          return `${code} ${stdout.split('\n').slice(0, 3).join('\n')}`;
        };
        const equal = '0 equal: every packet is treated alike';
        expect((await vipc(['apply', '--netns', netns, '--iptables', variant, WEB])).code).toBe(0);
        const captured = join(directory, variant);
        expect(await vipc(['capture', '-o', captured, '--netns', netns])).toMatchObject({ code: 0 });
        expect(await verify(WEB, 'live')).toContain(equal);
        expect(await verify(captured, WEB)).toContain(equal);
        expect(await verify('live', captured)).toContain(equal);

        // A packet to a pod, which no rule of a Service is for.
        const rule = ['-I', 'FORWARD', '-d', '10.244.9.9', '-j', 'DROP'];
        succeeded(await host.run([`iptables-${variant}`, '-w', ...rule]), 'iptables');
        for (const sides of [
          [WEB, 'live'],
          [captured, 'live'],
        ])
          expect(await verify(...sides)).toMatch(/^1 different: 1 difference\n\n.*now dropped on 10\.244\.9\.9$/);

        // Tables of nftables that iptables cannot show are read as well.
        succeeded(await host.run([`iptables-${variant}`, '-w', '-D', ...rule.slice(1)]), 'iptables');
        const base = 'add table inet fw; add chain inet fw f { type filter hook forward priority 10; }';
        succeeded(await host.run(['nft', base]), 'nft');
        expect(await verify(captured, 'live')).toContain(equal);
        succeeded(await host.run(['nft', 'add rule inet fw f ip daddr 10.244.9.9 drop']), 'nft');
        expect(await verify(captured, 'live')).toMatch(/^1 different: 1 difference\n\n.*now dropped on 10\.244\.9\.9$/);
      });
    },
  );
});

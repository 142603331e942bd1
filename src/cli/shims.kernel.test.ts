/**
 * diff --live, apply and cleanup where the tools of a node do not report everything.
 */

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { localHost } from '../apply/host.js';
import { ROOT } from '../testing/cases/cases.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { sample } from '../testing/run/extent.js';
import { onNode } from '../testing/run/on-node.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const NFTABLES_MODE = readFileSync(`${ROOT}fixtures/conformance/nodeport/kube-proxy/kube-proxy.nft`, 'utf8');

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

const describeKernel = await describeInKernel();

/** Shell scripts in place of tools; "$REAL" is the real tool. */
type Shims = Readonly<Record<string, string>>;

const LIES: readonly [string, Shims, RegExp][] = [
  ['rules end early', { 'iptables-nft-save': '"$REAL" | head -n 20' }, /the end of the text is missing/],
  ['rules end behind a table', { 'iptables-nft-save': '"$REAL" -t nat' }, /leaves out table filter/],
  ['no rules', { 'iptables-nft-save': 'exit 0' }, /leaves out table filter/],
  ['junk for rules', { 'iptables-nft-save': 'echo junk' }, /not a line of iptables-save/],
  [
    'IPv6 rules fail',
    { 'ip6tables-nft-save': 'echo "Resource temporarily unavailable" >&2; exit 4' },
    /ip6tables-nft-save/,
  ],
  [
    'addresses are cut',
    { ip: 'case "$*" in *-json*) "$REAL" "$@" | head -c 99;; *) exec "$REAL" "$@";; esac' },
    /ip -json/,
  ],
  [
    'sets are cut',
    { ipset: 'case "$1" in save) echo "create x hash:ip"; printf "add x 10.9";; *) exec "$REAL" "$@";; esac' },
    /ipset save/,
  ],
  ['tables are junk', { nft: 'echo junk' }, /nft list tables/],
  ['no tables', { nft: 'exit 0' }, /nft list tables leaves out table ip filter/],
  ['nft crashes', { nft: 'kill -SEGV $$' }, /nft crashes/],
];

describeKernel('tools that do not say all', () => {
  /** Runs vipc in its own process, with `shims` before the tools in PATH. */
  const run = (shims: Shims, argv: readonly string[]) => {
    const bin = mkdtempSync(join(directory, 'bin-'));
    for (const [name, script] of Object.entries(shims)) {
      writeFileSync(join(bin, name), `#!/bin/sh\nREAL=$(PATH=\${PATH#*:} command -v ${name})\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const PATH = `${bin}:${process.env['PATH']}`;
    return localHost().run(['env', `PATH=${PATH}`, process.execPath, `${ROOT}bin/vipc.js`, ...argv]);
  };

  it.each(sample(LIES, 1, '', 4))('%s: trouble, and nothing is changed', (_, shims, expected) =>
    onNode('nft', async (honest, host, netns) => {
      await honest('apply', WEB);
      succeeded(await host.run(['ipset', 'create', 'x', 'hash:ip']), 'ipset');
      // Make sure that there is something to change.
      succeeded(await host.run(['iptables-nft', '-t', 'nat', '-D', 'KUBE-POSTROUTING', '1']), 'iptables');
      const state = async () => (await host.run(['nft', 'list', 'ruleset'])).stdout;
      const before = await state();
      const commands = [['apply', WEB], ['diff', '--live', WEB], ['cleanup']];
      for (const [command = '', ...rest] of commands) {
        const { code, stderr } = await run(shims, [command, '--netns', netns, ...rest]);
        expect({ command, code, stderr }).toEqual({
          command,
          code: 2,
          stderr: expect.stringMatching(expected) as never,
        });
        expect(stderr).not.toMatch(/^ +at /m);
      }
      expect(await state()).toBe(before);
    }),
  );

  it('a node without ip6tables has no IPv6 rules', () =>
    onNode('nft', async (_, __, netns) => {
      const shims = { 'ip6tables-nft-save': 'exit 127', 'ip6tables-legacy-save': 'exit 127' };
      expect(await run(shims, ['cleanup', '--netns', netns])).toMatchObject({ code: 0 });
    }));

  it.each<[string, Shims, RegExp]>([
    [
      'nft crashes',
      { nft: 'case "$*" in *chains*) exec "$REAL" "$@";; *) kill -SEGV $$;; esac' },
      /nothing is changed; .*nft crashes, as an old version does on sets that a newer one wrote, in one of these: table ip/,
    ],
    [
      'nft may not',
      { nft: 'case "$*" in *-f*) echo no >&2; exit 1;; *) exec "$REAL" "$@";; esac' },
      /cannot be removed, and nothing is changed; .*\(nft: no\)/,
    ],
  ])('tables of nftables mode that cannot be removed: %s', (_, shims, expected) =>
    onNode('nft', async (_, host, netns) => {
      succeeded(await host.run(['nft', '-f', '-'], NFTABLES_MODE), 'nft');
      const state = async () => (await host.run(['nft', 'list', 'ruleset'])).stdout;
      const before = await state();
      for (const argv of [['apply', WEB], ['cleanup']]) {
        const { code, stderr } = await run(shims, [argv[0] ?? '', '--netns', netns, ...argv.slice(1)]);
        expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(expected) as never });
        expect(stderr).toContain('nft delete table ip kube-proxy; nft delete table ip6 kube-proxy');
      }
      expect(await state()).toBe(before);
    }),
  );

  it('without nft cleanup does what it can, and says what it cannot', () =>
    onNode('nft', async (honest, host, netns) => {
      await honest('apply', WEB);
      const { code, stderr } = await run({ nft: 'exit 127' }, ['cleanup', '--netns', netns]);
      expect(code).toBe(2);
      expect(stderr).toContain(
        'nft is missing, so vipc cannot tell whether rules of kube-proxy in nftables mode act here',
      );
      expect((await host.run(['iptables-nft-save'])).stdout).not.toContain('KUBE');
    }));
});

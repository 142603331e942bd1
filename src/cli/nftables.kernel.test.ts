/**
 * The commands of a node in nftables mode, and which nft they run.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { onNode } from '../testing/run/on-node.js';

const describeKernel = await describeInKernel();

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

const directory = mkdtempSync(join(tmpdir(), 'vipc nft; exit 9 '));
afterAll(() => rmSync(directory, { recursive: true }));

const LOG = join(directory, 'log');

/** A program of that name, which a shell would take apart. */
function program(name: string, shell: string): string {
  mkdirSync(join(directory, name));
  const path = join(directory, name, 'nft');
  writeFileSync(path, `#!/bin/sh\n${shell}\n`);
  chmodSync(path, 0o755);
  return path;
}

const LOGGED = program('logged', `echo "$*" >>'${LOG}'; exec nft "$@"`);
const OLD = program('old', '[ "$1" != --version ] && exec nft "$@"; echo "nftables v1.0.0 (Fearless #2)"');
const BROKEN = program('broken', 'echo "nftables v1.0.9 (Old Doc Yak #3)"; [ "$1" = --version ] || exit 139');

describeKernel('nftables mode', () => {
  const mode = ['--mode', 'nftables', '--node', 'node-a'];

  it('is applied, shown, changed and removed, by the nft that is named', () =>
    onNode('nft', async (run) => {
      const nft = [...mode, '--nft', LOGGED];
      expect(await run('diff', '--live', ...nft, WEB)).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/nft ip kube-proxy service-ips\n +\+ 10\.96\.0\.41 \. tcp \. 80 : goto /),
      });
      const dry = await run('apply', '--dry-run', ...nft, WEB);
      expect(dry).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^### .*nft -f -\nadd table ip kube-proxy /m),
      });
      expect(await run('apply', ...nft, WEB)).toMatchObject({ code: 0 });
      expect(await run('diff', '--live', ...nft, WEB)).toMatchObject({ code: 0 });
      const layout = await run('apply', '--layout', 'kube-proxy', ...nft, WEB);
      expect(layout).toMatchObject({ code: 0, stderr: expect.stringMatching(/^applied: /m) });
      expect(await run('cleanup', '--nft', LOGGED)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('table ip6 kube-proxy'),
      });
      expect(await run('cleanup')).toEqual({ code: 0, stdout: '', stderr: 'nothing to remove\n' });
      const ran = readFileSync(LOG, 'utf8').split('\n');
      for (const argv of ['--version', 'list tables', 'list table ip kube-proxy', '-f -', '--check -f -'])
        expect(ran).toContain(argv);
    }));

  it.each<[string, string, RegExp]>([
    ['is not there', join(directory, 'nowhere'), /^error: .*nowhere is no nft that can be run$/m],
    ['is too old', OLD, /^error: .*nft is 1\.0\.0, and nftables mode needs 1\.0\.1 or newer: --nft names another$/m],
    ['crashes', BROKEN, /^error: .*crash/m],
    ['is no nft', '/bin/true', /^error: \/bin\/true is no nft that can be run$/m],
  ])('an nft that %s', (_, path, expected) =>
    onNode('nft', async (run) => {
      const { code, stdout, stderr } = await run('apply', ...mode, '--nft', path, WEB);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(expected);
      expect(await run('cleanup')).toMatchObject({ stderr: 'nothing to remove\n' });
    }),
  );
});

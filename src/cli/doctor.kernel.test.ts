/**
 * vipc doctor on nodes that are network namespaces, each with one problem.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { Host } from '../apply/host.js';
import type { Finding } from '../doctor/examine.js';
import { ROOT } from '../testing/cases/cases.js';
import { succeeded, withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { startSync } from '../testing/node/sync-process.js';
import { vipc } from '../testing/run/vipc.js';

const describeKernel = await describeInKernel();

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const FORWARD = 'sysctl -q -w net.ipv4.ip_forward=1';

async function examined(
  host: Host,
  name: string,
  script: string,
): Promise<{ code: number; bad: readonly string[]; text: string }> {
  succeeded(await host.run(['sh', '-ec', script]), script);
  const { code, stdout } = await vipc(['doctor', '--netns', name, '--format', 'json'], '');
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  const bad = findings.filter(({ state }) => state !== 'ok');
  return {
    code,
    bad: bad.map(({ check, state }) => `${check} ${state}`),
    text: bad.map(({ message }) => message).join('\n'),
  };
}

describeKernel('vipc doctor', () => {
  it.each([
    ['nothing wrong', FORWARD, 0, [], /^$/],
    ['no forwarding', 'sysctl -q -w net.ipv4.ip_forward=0', 1, ['forwarding problem'], /ip_forward is 0/],
    [
      'FORWARD drops',
      `${FORWARD}; iptables-nft -P FORWARD DROP`,
      1,
      ['policy problem'],
      /filter FORWARD in iptables-nft is DROP, and no rule/,
    ],
    [
      'FORWARD drops but for others',
      `${FORWARD}; iptables-nft -P FORWARD DROP; iptables-nft -A FORWARD -i cni0 -j ACCEPT`,
      0,
      ['policy warning'],
      /by 1 rule of others/,
    ],
    [
      'an nft chain that drops',
      `${FORWARD}; nft 'add table inet fw; add chain inet fw f { type filter hook forward priority 0; policy drop; }'`,
      0,
      ['policy warning'],
      /inet fw f is drop/,
    ],
    [
      'nftables mode was here',
      `${FORWARD}; nft 'add table ip kube-proxy; add table ip6 kube-proxy'`,
      1,
      ['leftovers problem'],
      /ip kube-proxy and ip6 kube-proxy/,
    ],
    [
      'both variants of iptables',
      `${FORWARD}; iptables-nft -t mangle -N KUBE-KUBELET-CANARY; iptables-legacy -t nat -N KUBE-SERVICES`,
      1,
      ['leftovers problem'],
      /iptables-legacy has rules of kube-proxy too/,
    ],
    [
      'ipvs mode was here',
      `${FORWARD}; ip link add kube-ipvs0 type veth peer name other`,
      0,
      ['leftovers warning'],
      /kube-ipvs0/,
    ],
    [
      'bridges pass iptables by',
      `${FORWARD}; ip link add cni0 type bridge; sysctl -q -w net.bridge.bridge-nf-call-iptables=0`,
      0,
      ['bridge warning'],
      /cni0 gets no answer/,
    ],
    [
      'a strict reverse path',
      `${FORWARD}; sysctl -q -w net.ipv4.conf.all.rp_filter=1`,
      0,
      ['rp-filter warning'],
      /is 1/,
    ],
    [
      'a strict reverse path of one interface',
      `${FORWARD}; ip link add eth0.7 type veth peer name other; ip addr add 192.0.2.1/24 dev eth0.7; ` +
        'echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 1 > /proc/sys/net/ipv4/conf/eth0.7/rp_filter',
      0,
      ['rp-filter warning'],
      /strict on eth0\.7/,
    ],
  ])('%s', (_, script, code, bad, text) =>
    withNetns(async (host, name) => {
      const found = await examined(host, name, script);
      expect({ code: found.code, bad: found.bad }).toEqual({ code, bad });
      expect(found.text).toMatch(text);
    }),
  );

  it('kube-proxy runs; apply and sync say so, too', () =>
    withNetns(async (host, name) => {
      const directory = mkdtempSync(join(tmpdir(), 'vipc-proxy-'));
      copyFileSync('/bin/sleep', join(directory, 'kube-proxy'));
      const child = spawn('ip', ['netns', 'exec', name, join(directory, 'kube-proxy'), '60']);
      try {
        for (let i = 0; i < 100; i++) {
          const { bad, text } = await examined(host, name, FORWARD);
          if (bad.length === 0) continue;
          expect({ bad, text }).toEqual({
            bad: ['kube-proxy problem'],
            text: expect.stringContaining(`process ${child.pid}`),
          });
          const runs = `kube-proxy runs (process ${child.pid}): it and vipc would undo each other's changes`;
          const applied = await vipc(['apply', '--dry-run', '--netns', name, '--iptables', 'nft', WEB]);
          expect(applied.stderr).toMatch(`warning: ${runs}`);
          const daemon = startSync(name, ['--snapshot', WEB]);
          expect(await daemon.said('kube-proxy runs')).toMatchObject({ level: 'warn', msg: runs });
          await daemon.kill();
          return;
        }
        throw new Error('it is never seen');
      } finally {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
        rmSync(directory, { recursive: true });
      }
    }));

  it('changes nothing', () =>
    withNetns(async (host, name) => {
      const all = 'nft list ruleset; cat /proc/net/ip_tables_names 2>/dev/null; ipset list';
      succeeded(await host.run(['iptables-nft', '-N', 'X']), 'a chain');
      const before = await host.run(['sh', '-c', all]);
      await vipc(['doctor', '--netns', name]);
      expect(await host.run(['sh', '-c', all])).toEqual(before);
    }));

  it('says in text what to do, and says so when all is fine', () =>
    withNetns(async (host, name) => {
      const { stdout } = await vipc(['doctor', '--netns', name, '--mode', 'ipvs']);
      expect(stdout).toMatch(/^problem {2}.*\n {9}modprobe ip_vs/m);
      expect(stdout).toMatch(/\n\n\d problems\n$/);
      succeeded(await host.run(['sh', '-c', FORWARD]), FORWARD);
      expect((await vipc(['doctor', '--netns', name])).stdout).toMatch(/\n\nthis node is fine\n$/);
    }));

  it('cannot look into a namespace that is not there', async () => {
    expect(await vipc(['doctor', '--netns', 'vipc-nowhere'])).toMatchObject({ code: 2, stdout: '' });
  });
});

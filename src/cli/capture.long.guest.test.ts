/**
 * A capture of a node in ipvs mode gives the same results as the node: virtual servers, sets, addresses, kernel
 * parameters.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { Host } from '../apply/host.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { ROOT } from '../testing/cases/cases.js';
import { withGuestNetns } from '../testing/machine/guest.js';
import { addNodeAddresses, succeeded } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { applyTo, differenceTo, liveNode } from '../testing/node/live.js';
import { capturedHost } from './captured.js';

const describeGuest = await describeInGuest();

const WEB = [{ name: 'cluster.yaml', text: readFileSync(`${ROOT}fixtures/tour/web/cluster.yaml`, 'utf8') }];
const IPVS = { ...DEFAULT_OPTIONS, mode: 'ipvs', nodeName: 'node-a' };

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Copies the output of the script from the other machine to this one. */
async function collect(host: Host, name: string): Promise<string> {
  const there = `/tmp/${name}`;
  succeeded(await host.run(['sh', '-s', '--', there], readFileSync(`${ROOT}bin/capture.sh`, 'utf8')), 'capture');
  const here = join(directory, name);
  mkdirSync(here);
  const files = succeeded(await host.run(['ls', there]), 'ls')
    .stdout.trim()
    .split('\n');
  for (const file of files) writeFileSync(join(here, file), (await host.run(['cat', `${there}/${file}`])).stdout);
  return here;
}

describeGuest('a node in ipvs mode, captured', () => {
  it('differs as it does live', () =>
    withGuestNetns(async (host, name) => {
      await addNodeAddresses(host);
      const node = await liveNode(host, 'nft');
      await applyTo(node, WEB, IPVS);
      const script = [
        'ipvsadm -D -t 10.96.0.41:80',
        'ipset del KUBE-CLUSTER-IP 10.96.0.41,tcp:80',
        'ip address del 10.96.0.41/32 dev kube-ipvs0',
        'sysctl -qw net.ipv4.vs.conntrack=0',
      ];
      succeeded(await host.run(['sh', '-ec', script.join('\n')]), 'damage');
      const live = await differenceTo(node, WEB, IPVS);
      const captured = await liveNode(await capturedHost(await collect(host, name)), 'nft');
      expect(await differenceTo(captured, WEB, IPVS)).toEqual(live);
      for (const title of ['ipvs ', 'ipset ', 'ip kube-ipvs0', 'sysctl']) {
        expect(live).toContainEqual(expect.stringContaining(title));
      }
      await applyTo(node, WEB, IPVS);
      const mended = await liveNode(await capturedHost(await collect(host, `${name}-mended`)), 'nft');
      expect(await differenceTo(mended, WEB, IPVS)).toEqual([]);
    }));

  it('where IPVS is loaded and unused, has none of it', () =>
    withGuestNetns(async (host, name) => {
      const node = await liveNode(host, 'nft');
      const captured = await liveNode(await capturedHost(await collect(host, name)), 'nft');
      expect(await differenceTo(captured, WEB, IPVS)).toEqual(await differenceTo(node, WEB, IPVS));
    }));
});

/**
 * The daemon's page: what it says of a daemon that works on a node.
 */
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { keyOf } from '../read/types.js';
import { unpacked } from '../report/pack.js';
import type { PageState } from '../serve/page.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { withDaemon } from '../testing/node/daemon.js';
import { eventually } from '../testing/run/patience.js';

const describeKernel = await describeInKernel();

const NEW = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'new', namespace: 'default' },
  spec: { clusterIP: '10.96.250.250', ports: [{ port: 80, protocol: 'TCP' }] },
};

describeKernel('the page of a daemon', () => {
  it('has its cluster, its syncs, and what was changed behind its back', () =>
    withDaemon('nft', async ({ host, api, daemon, get }) => {
      await daemon.ready;
      const url = `http://127.0.0.1:${daemon.ports.metricsPort}/`;
      const state = async () => JSON.parse((await get('metrics', '/page/state')).body) as PageState;
      const keys = async () => {
        const data = await (await fetch(`${url}page/data`)).arrayBuffer();
        return unpacked(gunzipSync(Buffer.from(data)).toString()).snapshot.services.map(keyOf);
      };
      expect((await get('metrics', '/')).status).toBe(200);
      expect((await keys()).length).toBe(20);
      const { syncs, isHealthy } = await state();
      expect({ first: syncs[0], isHealthy }).toMatchObject({ first: { kind: 'full', ok: true }, isHealthy: true });
      expect(syncs[0]?.lines).toBeGreaterThan(20);

      await host.run(['iptables-nft', '--wait', '-t', 'nat', '-D', 'KUBE-SERVICES', '1']);
      const [drift] = await eventually('drift is told', async () => {
        const { drift } = await state();
        return drift.length > 0 && drift;
      });
      expect(drift?.lines.join()).toMatch(/^\+ -A KUBE-SERVICES /);

      api.put(NEW);
      await eventually('the new Service is in the data', async () => (await keys()).includes('default/new'));
      await eventually('a sync took it', async () => {
        const { syncs } = await state();
        return syncs.some(({ ok, changed }) => ok && changed.includes('default/new'));
      });
    }));
});

/**
 * `vipc report --live`: what the page says of a node.
 */
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { unpacked } from '../report/pack.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { onNode } from '../testing/run/on-node.js';
import { WEB } from '../testing/run/shop.js';

/** What is packed in a page. */
function dataOf(page: string) {
  const [, data = ''] = /id="data">([^<]*)</.exec(page) ?? [];
  return unpacked(gunzipSync(Buffer.from(data, 'base64')).toString()).data;
}

const describeKernel = await describeInKernel();

describeKernel('vipc report --live', () => {
  it('shows the layout that apply writes', () =>
    onNode('nft', async (run) => {
      await run('apply', WEB);
      const { stdout } = await run('report', '--live', WEB, '-o', '-');
      expect(dataOf(stdout)).toMatchObject({ layout: 'fast', drift: { effects: [], rules: [] } });
    }));

  it('says what the node lacks, by effect and by rule', () =>
    onNode('nft', async (run, host) => {
      await run('apply', WEB, '--layout', 'kube-proxy');
      const drift = async () => {
        const { code, stdout, stderr } = await run('report', '--live', WEB, '--layout', 'kube-proxy', '-o', '-');
        expect({ code, stderr }).toMatchObject({ code: 0 });
        return dataOf(stdout).drift;
      };
      expect(await drift()).toMatchObject({ effects: [], rules: [] });
      const chain = /KUBE-SVC-\w+/.exec((await host.run(['iptables-nft', '-S', '-t', 'nat'])).stdout)?.[0] ?? '';
      succeeded(await host.run(['iptables-nft', '-t', 'nat', '-D', chain, '1']), 'iptables');
      const found = await drift();
      const texts = found?.effects.flatMap(({ effects }) => effects.map(({ service, text }) => `${service} ${text}`));
      expect(texts).toContain('default/web:http endpoint 10.244.1.5:8080 new (1/2 of new connections)');
      expect(found?.rules).toMatchObject([{ omitted: 0, changes: [{ service: 'default/web:http' }] }]);
    }));
});

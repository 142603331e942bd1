/**
 * Looks at a node in userspace mode, beside changes: what was programmed is known, whatever changed since, and drift of
 * rules and of listeners is found.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { DEFAULT_FEATURES } from '../backends/features.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { readSnapshot } from '../read/snapshot.js';
import { ROOT } from '../testing/cases/cases.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { liveNode } from '../testing/node/live.js';
import { withPerlRelay } from '../testing/node/perl-relay.js';
import { RELAY } from '../tools/relay/tool.js';
import { newStore } from '../watch/store.js';
import type { SyncKind } from './run.js';
import { newSyncer } from './syncer.js';

const describeKernel = await describeInKernel();

const TEXT = readFileSync(`${ROOT}fixtures/packets/services/cluster.yaml`, 'utf8');

/** Another address for one endpoint of one Service. */
const CHANGED = TEXT.replace('10.244.2.6', '10.244.2.66');

describeKernel('userspace mode', () => {
  it('a look finds what was programmed, whatever changed since, and drift', () =>
    withNode(async (bare) => {
      const host = withPerlRelay(bare);
      const node = await liveNode(host, 'nft');
      const store = newStore({ onChange: () => {}, onInvalid: () => {} });
      const options = { ...DEFAULT_OPTIONS, nodeName: 'node-a', mode: 'userspace' };
      const syncer = newSyncer({ target: node.target, features: DEFAULT_FEATURES, chainsPerCommit: 300 }, options);
      const sync = async (text: string, kind: SyncKind) => {
        store.replaceSnapshot(readSnapshot([{ name: 'cluster.yaml', text }]).value);
        return syncer.sync(store, store.takeChanges(), kind);
      };
      const run = async (argv: readonly string[]) => succeeded(await host.run(argv), argv.join(' '));
      await sync(TEXT, 'full');
      expect(await syncer.look()).toMatchObject({ ok: true, kind: 'full', sent: {} });
      expect(await sync(CHANGED, 'partial')).toMatchObject({ ok: true, kind: 'partial' });
      expect(await syncer.look()).toMatchObject({ ok: true });
      const [looked, changed] = await Promise.all([syncer.look(), sync(TEXT, 'partial')]);
      expect([looked, changed]).toMatchObject([{ ok: true }, { ok: true, kind: 'partial' }]);
      await run(['iptables-nft', '-t', 'nat', '-I', 'KUBE-PORTALS-HOST', '-j', 'RETURN']);
      expect(await syncer.look()).toBe('differs');
      await run(['iptables-nft', '-t', 'nat', '-D', 'KUBE-PORTALS-HOST', '-j', 'RETURN']);
      expect(await syncer.look()).toMatchObject({ ok: true });

      // A flow through the relay is not stale, one past it is.
      const shown = (await run([RELAY, 'show'])).stdout;
      const [, port = '', vip = ''] =
        /^listen udp 0\.0\.0\.0:(\d+) .*\n {2}frontend ClusterIP (\d+\.\d+\.\d+\.\d+):80$/m.exec(shown) ?? [];
      const flow = (sport: string, server: string, at: string) =>
        run([
          ...[
            'conntrack',
            '-I',
            '-p',
            'udp',
            '-t',
            '300',
            '-u',
            'SEEN_REPLY',
            '-s',
            '127.0.0.1',
            '-d',
            vip,
            '-r',
            server,
          ],
          ...['-q', '127.0.0.1', '--sport', sport, '--dport', '80', '--reply-port-src', at, '--reply-port-dst', sport],
        ]);
      await flow('5001', '127.0.0.1', port);
      await flow('5002', '192.0.2.77', '8080');
      expect(await syncer.look()).toMatchObject({ ok: true, forgottenFlows: 1 });
      expect((await run(['conntrack', '-L', '-p', 'udp'])).stdout.match(/sport=500\d dport=80/g)).toEqual([
        'sport=5001 dport=80',
      ]);

      const [first = ''] = (await run([RELAY, 'show'])).stdout.split('\n');
      await host.run([RELAY, 'change'], `close ${first.split(' ').slice(1, 3).join(' ')}\n`);
      expect(await syncer.look()).toBe('differs');
    }));
});

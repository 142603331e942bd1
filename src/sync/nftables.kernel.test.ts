/**
 * The syncer in nftables mode: what a partial sync asks and sends, what a full one repairs, and what becomes of clients
 * of an endpoint that goes.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { DEFAULT_FEATURES } from '../backends/features.js';
import { LAYOUTS } from '../backends/index.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { readSnapshot } from '../read/snapshot.js';
import { ROOT } from '../testing/cases/cases.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { differenceTo, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';
import { newStore } from '../watch/store.js';
import type { Looked } from './look.js';
import type { SyncKind, SyncReport } from './run.js';
import { newSyncer } from './syncer.js';

const describeKernel = await describeInKernel();

const TEXT = readFileSync(`${ROOT}fixtures/packets/services/cluster.yaml`, 'utf8');
const OPTIONS = { ...DEFAULT_OPTIONS, nodeName: 'node-a', mode: 'nftables' };

/** Another address for one endpoint of one Service. */
const CHANGED = TEXT.replace('10.244.2.6', '10.244.2.66');

interface Driver {
  /** Syncs to a text; then the node has no difference to it. */
  readonly sync: (text: string, kind: SyncKind) => Promise<SyncReport>;
  readonly look: () => Promise<Looked>;
  readonly nft: (...args: readonly string[]) => Promise<string>;
  /** The command lines and inputs of the syncer since the last call. */
  readonly ran: () => readonly (readonly [string, string])[];
  /** Called before each command of the syncer, and after it. */
  readonly hooks: { before?: (argv: string) => Promise<void>; after?: (argv: string) => void };
}

function drive(layout: string, use: (driver: Driver) => Promise<void>): Promise<void> {
  return withNode(async (host) => {
    const ran: (readonly [string, string])[] = [];
    const hooks: Driver['hooks'] = {};
    const recorded: typeof host = {
      run: async (argv, stdin = '') => {
        const input = [...stdin].join('');
        ran.push([argv.join(' '), input]);
        await hooks.before?.(argv.join(' '));
        const outcome = await host.run(argv, input);
        hooks.after?.(argv.join(' '));
        return outcome;
      },
    };
    const node = { ...(await liveNode(host, 'nft')), layout };
    const target = { ...node.target, host: recorded };
    const store = newStore({ onChange: () => {}, onInvalid: () => {} });
    const syncer = newSyncer({ target, features: DEFAULT_FEATURES, chainsPerCommit: 300, layout }, OPTIONS);
    await use({
      nft: async (...args) => succeeded(await host.run(['nft', ...args]), args.join(' ')).stdout,
      ran: () => ran.splice(0),
      hooks,
      look: () => syncer.look(),
      sync: async (text, kind) => {
        const source = { name: 'cluster.yaml', text };
        store.replaceSnapshot(readSnapshot([source]).value);
        const report = await syncer.sync(store, store.takeChanges(), kind);
        if (report.ok) expect(await differenceTo(node, [source], OPTIONS)).toEqual([]);
        return report;
      },
    });
  });
}

describeKernel.each(sample(LAYOUTS, 1, 'sync'))('the syncer in nftables mode, layout %s', (layout) => {
  it('sends what an endpoint is in, and lists nothing', () =>
    drive(layout, async ({ sync, ran }) => {
      const first = await sync(TEXT, 'partial');
      expect(first).toMatchObject({ ok: true, kind: 'full', drift: [] });
      ran();
      const change = await sync(CHANGED, 'partial');
      expect(change).toMatchObject({ ok: true, kind: 'partial', drift: [] });
      expect(Object.keys(change.sent)).toEqual(['nft']);
      expect(change.sent['nft']).toBeLessThan(Number(first.sent['nft']) / 5);
      const asked = ran();
      expect(asked.map(([argv]) => argv).filter((argv) => argv.startsWith('nft'))).toEqual(['nft -f -']);
      expect((await sync(CHANGED, 'partial')).sent).toEqual({});
      expect(ran().filter(([argv]) => argv.startsWith('nft'))).toEqual([]);
      expect((await sync(TEXT, 'partial')).ok).toBe(true);
      expect(await sync(TEXT, 'full')).toMatchObject({ ok: true, sent: {}, drift: [] });
    }));

  it('a look finds what was programmed, whatever changed since, and drift', () =>
    drive(layout, async ({ sync, look, nft, ran }) => {
      await sync(TEXT, 'full');
      ran();
      expect(await look()).toMatchObject({ ok: true, kind: 'full', sent: {} });
      expect(ran().filter(([, input]) => input !== '')).toEqual([]);
      await sync(CHANGED, 'partial');
      expect(await look()).toMatchObject({ ok: true });
      const [looked, changed] = await Promise.all([look(), sync(TEXT, 'partial')]);
      expect([looked, changed]).toMatchObject([{ ok: true }, { ok: true, kind: 'partial' }]);
      await nft('add', 'element', 'ip', 'kube-proxy', 'cluster-ips', '{', '192.0.2.9', '}');
      expect(await look()).toBe('differs');
      await nft('delete', 'element', 'ip', 'kube-proxy', 'cluster-ips', '{', '192.0.2.9', '}');
      expect(await look()).toMatchObject({ ok: true });
      await nft('flush', 'chain', 'ip6', 'kube-proxy', 'reject-chain');
      expect(await look()).toBe('differs');
    }));

  it('a look that sees half of a change looks again', () =>
    drive(layout, async ({ sync, look, hooks }) => {
      await sync(TEXT, 'full');
      let looked: Promise<Looked> | undefined;
      let [loads, lists] = [0, 0];
      const listed = new Promise<void>((resolve) => {
        hooks.after = (argv) => {
          if (argv.includes(' list table ') && ++lists === 1) resolve();
        };
      });
      // Chains that nothing leads to any more are empty until the second load deletes them.
      hooks.before = async (argv) => {
        if (argv !== 'nft -f -' || ++loads < 2) return;
        looked = look();
        await listed;
      };
      const changed = TEXT.replaceAll('10.244.2.6', '10.244.2.66');
      expect(await sync(changed, 'partial')).toMatchObject({ ok: true, kind: 'partial' });
      expect(await looked).toMatchObject({ ok: true });
      expect(lists).toBeGreaterThan(2);
    }));

  it('finds drift, says what, and repairs it', () =>
    drive(layout, async ({ sync, nft }) => {
      await sync(TEXT, 'full');
      await nft('add', 'rule', 'ip', 'kube-proxy', 'services', 'ip', 'saddr', '192.0.2.1', 'drop');
      await nft('add', 'element', 'ip', 'kube-proxy', 'cluster-ips', '{', '192.0.2.9', '}');
      await nft('flush', 'chain', 'ip6', 'kube-proxy', 'reject-chain');
      const { ok, drift } = await sync(TEXT, 'full');
      expect(ok).toBe(true);
      const lines = drift.flatMap(({ sections }) =>
        sections.flatMap(({ title, lines }) =>
          lines.filter(({ kind }) => kind !== ' ').map(({ kind, text }) => `${title}: ${kind} ${text}`),
        ),
      );
      expect(lines).toEqual([
        'nft ip kube-proxy cluster-ips: - 192.0.2.9',
        'nft ip kube-proxy services: - ip saddr 192.0.2.1 drop',
        'nft ip6 kube-proxy reject-chain: + reject',
      ]);
    }));

  it('a partial sync to a node without a table of ours fails and blames no Service, and the next is a full one', () =>
    drive(layout, async ({ sync, nft }) => {
      await sync(TEXT, 'full');
      await nft('delete', 'table', 'ip', 'kube-proxy');
      const refused = await sync(CHANGED, 'partial');
      expect(refused).toMatchObject({ ok: false, kind: 'partial', refused: true });
      expect(refused.diagnostics.map(({ code, origin }) => [code, origin])).toEqual([['refused', undefined]]);
      expect(await sync(CHANGED, 'partial')).toMatchObject({ ok: true, kind: 'full' });
    }));

  it('drift that lets a partial sync fail is reported by the next, and no change of our own is', () =>
    drive(layout, async ({ sync, nft }) => {
      await sync(TEXT, 'full');
      await nft('flush', 'chain', 'ip', 'kube-proxy', 'reject-chain');
      await nft('delete', 'table', 'ip6', 'kube-proxy');
      await nft('add', 'table', 'ip6', 'kube-proxy');
      const changed = CHANGED.replaceAll('fd00:10:244:2::6', 'fd00:10:244:2::66');
      expect(await sync(changed, 'partial')).toMatchObject({ ok: false, refused: true, drift: [] });
      const { ok, kind, drift } = await sync(changed, 'partial');
      expect({ ok, kind }).toEqual({ ok: true, kind: 'full' });
      const lines = drift.flatMap(({ sections }) =>
        sections.flatMap(({ title, lines }) => lines.map(({ kind, text }) => `${title}: ${kind} ${text}`)),
      );
      expect(lines).toContain('nft ip kube-proxy reject-chain: + reject');
      expect(lines).toContain('nft ip6 kube-proxy reject-chain: + reject');
      expect(lines.join()).not.toMatch(/10\.244\.2\.66|fd00:10:244:2::66/);
      expect(await sync(changed, 'full')).toMatchObject({ ok: true, drift: [], sent: {} });
    }));

  it('of an endpoint with session affinity that goes, the clients are forgotten; others are not', () =>
    drive(layout, async ({ sync, nft }) => {
      await sync(TEXT, 'full');
      const sets = async () =>
        [...(await nft('list', 'sets', 'ip')).matchAll(/set (affinity-\S+)/g)].map(([, name = '']) => name);
      const before = await sets();
      const [gone = ''] = before.filter((name) => name.includes('10.244.2.6/'));
      const [stays = ''] = before.filter((name) => !name.includes('10.244.2.6/'));
      expect([gone, stays]).not.toContain('');
      for (const set of [gone, stays]) await nft('add', 'element', 'ip', 'kube-proxy', set, '{', '192.0.2.7', '}');
      expect((await sync(TEXT.replaceAll('10.244.2.6', '10.244.2.66'), 'partial')).ok).toBe(true);
      expect(await sets()).not.toContain(gone);
      expect(await nft('list', 'set', 'ip', 'kube-proxy', stays)).toContain('192.0.2.7');
    }));
});

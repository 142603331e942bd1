/**
 * The syncer on a node: what a sync costs, what it repairs, and that after each sync the kernel has the compiled rules.
 */

import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { Host } from '../apply/host.js';
import { DEFAULT_FEATURES } from '../backends/features.js';
import type { Source } from '../diag.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { readSnapshot } from '../read/snapshot.js';
import { ROOT } from '../testing/cases/cases.js';
import { VARIANTS, type Variant } from '../testing/machine/kernel.js';
import { withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { differenceTo, type LiveNode, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';
import { CHAINS_PER_COMMIT } from '../tools/iptables/variants.js';
import { newStore } from '../watch/store.js';
import type { Looked } from './look.js';
import type { SyncKind, SyncReport } from './run.js';
import { newSyncer } from './syncer.js';

const describeKernel = await describeInKernel();

const TEXT = readFileSync(`${ROOT}fixtures/packets/services/cluster.yaml`, 'utf8');
const OPTIONS = { ...DEFAULT_OPTIONS, nodeName: 'node-a' };

interface Driver {
  readonly host: Host;
  readonly node: LiveNode;
  /** Syncs to a text; then the node has no difference to it. */
  readonly sync: (text: string, kind: SyncKind) => Promise<SyncReport>;
  readonly look: () => Promise<Looked>;
}

function drive(variant: Variant, use: (driver: Driver) => Promise<void>, layout = 'fast'): Promise<void> {
  const options = OPTIONS;
  return withNetns(async (host) => {
    const node = { ...(await liveNode(host, variant)), layout };
    const store = newStore({ onChange: () => {}, onInvalid: () => {} });
    const given = {
      target: node.target,
      features: DEFAULT_FEATURES,
      chainsPerCommit: CHAINS_PER_COMMIT[variant],
      layout,
    };
    const syncer = newSyncer(given, options);
    const sync = async (text: string, kind: SyncKind): Promise<SyncReport> => {
      const source: Source = { name: 'cluster.yaml', text };
      store.replaceSnapshot(readSnapshot([source]).value);
      const report = await syncer.sync(store, store.takeChanges(), kind);
      if (report.ok) expect(await differenceTo(node, [source], options)).toEqual([]);
      return report;
    };
    await use({ host, node, sync, look: () => syncer.look() });
  });
}

/** Lets `tools` fail on the node until the result is called. */
function breakTools({ target: { host } }: LiveNode, tools: RegExp): () => void {
  const { run } = host;
  const broken: Host['run'] = async (argv, ...rest) =>
    tools.test(argv[0] ?? '') ? { code: 1, stdout: '', stderr: 'broken\n' } : run(argv, ...rest);
  Object.assign(host, { run: broken });
  return () => void Object.assign(host, { run });
}

/** A Service with one endpoint. */
function serviceAt(i: number): string {
  const slice = `metadata: {name: s${i}, labels: {kubernetes.io/service-name: s${i}}}, addressType: IPv4, ports: [{port: 80}]`;
  return [
    '---',
    `{apiVersion: v1, kind: Service, metadata: {name: s${i}}, spec: {clusterIP: 10.96.1.${i}, ports: [{port: 80}]}}`,
    '---',
    `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, ${slice}, endpoints: [{addresses: [10.244.3.${i}]}]}`,
    '',
  ].join('\n');
}

/** Another address for one endpoint of one Service. */
const CHANGED = TEXT.replace('10.244.2.6', '10.244.2.66');

describeKernel.each(sample(VARIANTS, 1, 'syncer'))('the syncer, iptables-%s', (variant) => {
  const iptables = `iptables-${variant}`;

  it('sends only the chains that an endpoint is in, and nothing when nothing changed', () =>
    drive(variant, async ({ sync }) => {
      const first = await sync(TEXT, 'partial');
      expect(first).toMatchObject({ ok: true, kind: 'full', drift: [] });
      const change = await sync(CHANGED, 'partial');
      expect(change).toMatchObject({ ok: true, kind: 'partial', drift: [] });
      expect(Object.keys(change.sent)).toEqual(['iptables']);
      expect(change.sent['iptables']).toBeLessThan(Number(first.sent['iptables']) / 3);
      expect((await sync(CHANGED, 'partial')).sent).toEqual({});
      expect((await sync(TEXT, 'partial')).ok).toBe(true);
      expect(await sync(TEXT, 'full')).toMatchObject({ ok: true, sent: {}, drift: [] });
    }));

  it('a look finds what was programmed beside rules of others, and drift', () =>
    drive(variant, async ({ sync, look, host }) => {
      const run = (...args: readonly string[]) => host.run([iptables, '-w', ...args]);
      await run('-A', 'INPUT', '-s', '192.0.2.1', '-m', 'comment', '--comment', 'two\n-A lines', '-j', 'DROP');
      await sync(TEXT, 'full');
      expect(await look()).toMatchObject({ ok: true, kind: 'full', sent: {} });
      const [looked, changed] = await Promise.all([look(), sync(CHANGED, 'partial')]);
      expect([looked, changed]).toMatchObject([{ ok: true }, { ok: true, kind: 'partial' }]);
      await run('-t', 'nat', '-A', 'POSTROUTING', '-s', '192.0.2.1', '-j', 'MASQUERADE');
      expect(await look()).toMatchObject({ ok: true });
      await run('-t', 'nat', '-I', 'POSTROUTING', '-j', 'MASQUERADE');
      expect(await look()).toBe('differs');
      await run('-t', 'nat', '-D', 'POSTROUTING', '1');
      expect(await look()).toMatchObject({ ok: true });
      await run('-I', 'KUBE-FORWARD', '-s', '192.0.2.1', '-j', 'DROP');
      expect(await look()).toBe('differs');
    }));

  it('a look that sees a chain while it changes looks again', () =>
    drive(variant, async ({ sync, look, node: { target } }) => {
      await sync(TEXT, 'full');
      const { run } = target.host;
      const [, chain = ''] =
        /^-A (VIPC-SVC-\S+) -p tcp .*10\.244\.2\.6:8080/m.exec((await run([`${iptables}-save`])).stdout) ?? [];
      let looked: Promise<Looked> | undefined;
      let saved: () => void = () => {};
      const meanwhile: Host['run'] = async (argv, ...rest) => {
        if (argv[0] === `${iptables}-restore` && !looked) {
          // As a commit that is not the last one of a change leaves it.
          await run([iptables, '-w', '-t', 'nat', '-I', chain, '-s', '192.0.2.1', '-j', 'RETURN']);
          looked = look();
          await new Promise<void>((resolve) => {
            saved = resolve;
          });
        }
        const outcome = await run(argv, ...rest);
        if (argv[0] === `${iptables}-save`) saved();
        return outcome;
      };
      Object.assign(target.host, { run: meanwhile });
      expect(await sync(CHANGED, 'partial')).toMatchObject({ ok: true, kind: 'partial' });
      expect(await looked).toMatchObject({ ok: true });
    }));

  it('finds drift, says which rules, and repairs it', () =>
    drive(variant, async ({ sync, host }) => {
      await sync(TEXT, 'full');
      await host.run([iptables, '-w', '-t', 'nat', '-F', 'KUBE-POSTROUTING']);
      await host.run([iptables, '-w', '-I', 'KUBE-FORWARD', '-s', '192.0.2.1', '-j', 'DROP']);
      const { ok, drift } = await sync(TEXT, 'full');
      expect(ok).toBe(true);
      const lines = drift.flatMap(({ sections }) =>
        sections.flatMap(({ title, lines }) =>
          lines.filter(({ kind }) => kind !== ' ').map(({ kind, text }) => `${title}: ${kind} ${text}`),
        ),
      );
      expect(lines).toEqual([
        'iptables filter KUBE-FORWARD: - -A KUBE-FORWARD -s 192.0.2.1/32 -j DROP',
        expect.stringMatching(/^iptables nat KUBE-POSTROUTING: \+ .* -g VIPC-HAIRPIN$/),
        expect.stringMatching(/^iptables nat KUBE-POSTROUTING: \+ .* --set-xmark 0x4000\/0x0$/),
        expect.stringMatching(/^iptables nat KUBE-POSTROUTING: \+ .* -j MASQUERADE/),
      ]);
    }));

  it('runs a full sync after a tool has refused: the state of the node is not known', () =>
    drive(
      variant,
      async ({ sync, host }) => {
        await sync(TEXT, 'full');
        await host.run([iptables, '-w', '-t', 'nat', '-F']);
        await host.run([iptables, '-w', '-t', 'nat', '-X']);
        // Chains that a partial sync takes for granted are gone.
        const refused = await sync(CHANGED, 'partial');
        expect(refused).toMatchObject({ ok: false, kind: 'partial', refused: true });
        expect(refused.diagnostics.map(({ code, origin }) => [code, origin])).toContainEqual(['refused', undefined]);
        expect(refused.diagnostics.filter(({ origin }) => origin)).toEqual([]);
        expect(await sync(CHANGED, 'partial')).toMatchObject({ ok: true, kind: 'full' });
      },
      // Its chains lead to others, so the kernel notices that those are gone.
      'kube-proxy',
    ));

  it('a rule that is gone before an edit takes it out of a long chain is a refusal, and the full sync mends it', () =>
    drive(
      variant,
      async ({ sync, host }) => {
        const services = Array.from({ length: 70 }, (_, i) => serviceAt(i + 10));
        await sync(services.join(''), 'full');
        await host.run([iptables, '-w', '-t', 'nat', '-D', 'KUBE-SERVICES', '7']);
        const fewer = services.filter((_, i) => i < 2 || i > 8).join('');
        const edited = await sync(fewer, 'partial');
        expect(edited).toMatchObject({ ok: false, kind: 'partial', refused: true });
        expect(await sync(fewer, 'partial')).toMatchObject({ ok: true, kind: 'full' });
        expect(await sync(services.join(''), 'partial')).toMatchObject({ ok: true, kind: 'partial' });
      },
      'kube-proxy',
    ));

  it('a change is not lost where the node does not answer, whatever it is asked for', () =>
    drive(variant, async ({ sync, node }) => {
      await sync(TEXT, 'full');
      const repair = breakTools(node, /^(?:uname|ip)$/);
      expect(await sync(CHANGED, 'full')).toMatchObject({ ok: false, kind: 'full', refused: false });
      repair();
      // As differenceTo() says.
      expect(await sync(CHANGED, 'partial')).toMatchObject({ ok: true, kind: 'full', drift: [] });
      expect(await sync(TEXT, 'partial')).toMatchObject({ ok: true, kind: 'partial' });
    }));

  it('what failed is no drift, however often the node could not be read since', () =>
    drive(variant, async ({ sync, node, host }) => {
      await sync(TEXT, 'full');
      let repair = breakTools(node, /-restore$/);
      expect(await sync(CHANGED, 'partial')).toMatchObject({ ok: false, refused: true });
      repair();
      repair = breakTools(node, /-save$/);
      for (const text of [CHANGED + serviceAt(1), CHANGED + serviceAt(2)])
        expect(await sync(text, 'partial')).toMatchObject({ ok: false, kind: 'full', refused: false });
      repair();
      await host.run([iptables, '-w', '-t', 'nat', '-F', 'KUBE-POSTROUTING']);
      const { ok, drift } = await sync(CHANGED + serviceAt(2), 'partial');
      expect({ ok, drifted: drift.flatMap(({ sections }) => sections.map(({ title }) => title)) }).toEqual({
        ok: true,
        drifted: ['iptables nat KUBE-POSTROUTING'],
      });
    }));

  it('compiles only what changed', () =>
    drive(variant, async ({ sync }) => {
      const portsOf = ({ compiled }: SyncReport) => compiled?.resolved().flatMap(({ ports }) => ports) ?? [];
      const before = new Set(portsOf(await sync(TEXT, 'full')));
      const made = portsOf(await sync(CHANGED, 'partial')).filter((port) => !before.has(port));
      const changed = made.map(({ name }) => `${name.namespace}/${name.service}`);
      expect(changed.length).toBeGreaterThan(0);
      expect(changed.length).toBeLessThan(before.size / 2);
    }));

  it('reports a failure when the tools cannot be run, and does not throw', () =>
    withNetns(async (host) => {
      const node = await liveNode(host, variant);
      const broken = { ...node.target, host: { run: async () => ({ code: 1, stdout: '', stderr: 'broken\n' }) } };
      const syncer = newSyncer({ target: broken, features: DEFAULT_FEATURES, chainsPerCommit: 300 }, OPTIONS);
      const store = newStore({ onChange: () => {}, onInvalid: () => {} });
      store.replaceSnapshot(readSnapshot([{ name: 'c.yaml', text: TEXT }]).value);
      const report = await syncer.sync(store, store.takeChanges(), 'partial');
      expect(report).toMatchObject({ ok: false, kind: 'full', refused: false });
      expect(report.diagnostics[0]?.message).toContain('broken');
    }));
});

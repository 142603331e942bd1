/**
 * nftables mode where nft refuses: an object that the kernel does not take must not stop the others, another program's
 * change in between leads to another plan, and an nft that is too old for the node's tables says so.
 */
import { expect, it } from '@jest/globals';
import type { Source } from '../diag.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { locate } from '../read/locate.js';
import { nftBlocks } from '../testing/cases/nft-blocks.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { nftVersions } from '../testing/machine/nft.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { applyTo, cleanUp, compileOn, differenceTo, type LiveNode, liveNode } from '../testing/node/live.js';
import { apply } from './apply.js';
import type { Host } from './host.js';

const describeKernel = await describeInKernel();

const OPTIONS = { ...DEFAULT_OPTIONS, nodeName: 'node-a', mode: 'nftables' };

describeKernel('refused, nftables mode', () => {
  const onNode = (use: (host: Host, node: LiveNode) => Promise<void>) =>
    withNode(async (host) => {
      const node = { ...(await liveNode(host, 'nft')), layout: 'kube-proxy' };
      expect((await applyTo(node, cluster('10.244.0.', 1, 2, 3), OPTIONS)).diagnostics).toEqual([]);
      await use(host, node);
    });

  /** DNAT is not for a filter chain, so the kernel refuses the rule of the Service that one leads to. */
  const block = async (host: Host, nth: number, name = 'web-2'): Promise<void> => {
    const { stdout } = succeeded(await host.run(['nft', 'list', 'chains', 'ip']), 'nft');
    const [, chain] = new RegExp(`chain (service-\\S+/${name}/\\S+)`).exec(stdout) ?? [];
    if (chain === undefined) return;
    const lines = [
      `flush chain ip kube-proxy ${chain}`,
      `add chain ip kube-proxy vandal-${nth} { type filter hook postrouting priority 0 ; }`,
      `add rule ip kube-proxy vandal-${nth} jump ${chain}`,
    ];
    succeeded(await host.run(['nft', '-f', '-'], lines.join('\n')), 'nft');
  };

  it('once: the next plan removes what is in the way', () =>
    onNode(async (host, node) => {
      const disturbed = beforeLoad(node, (nth) => (nth === 1 ? block(host, nth) : Promise.resolve()));
      const moved = cluster('10.244.1.', 1, 2, 3);
      const { rest, diagnostics } = await applyTo(disturbed, moved, OPTIONS);
      expect({ rest: rest.steps, diagnostics }).toEqual({ rest: [], diagnostics: [] });
      expect(await differenceTo(node, moved, OPTIONS)).toEqual([]);
    }));

  it('always: the others are served, and the refusal names the Service', () =>
    onNode(async (host, node) => {
      const disturbed = beforeLoad(node, (nth) => block(host, nth));
      const { rest, diagnostics } = await applyTo(disturbed, cluster('10.244.1.', 1, 2, 3, 4), OPTIONS);
      expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['error refused']);
      const [{ message, origin } = { message: '' }] = diagnostics;
      expect(message).toMatch(
        /^nft: Could not process rule: Operation not supported: line \d+ of the input is "add rule ip kube-proxy service-.* 10\.244\.1\.2 \. 8080 /,
      );
      expect(origin && locate(origin)).toEqual({ file: 'cluster.yaml', line: 15, col: 1 });
      expect(rest.steps).not.toEqual([]);
      const { stdout } = succeeded(await host.run(['nft', 'list', 'table', 'ip', 'kube-proxy']), 'nft');
      for (const endpoint of ['10.244.1.1 . 8080', '10.244.1.3 . 8080', '10.244.1.4 . 8080'])
        expect(stdout).toContain(endpoint);
      expect(stdout).toMatch(/10\.96\.0\.4 \. tcp \. 80 : goto /);
      expect(stdout).not.toContain('10.244.1.2 . 8080');
    }));

  it('always, of many new ones that are made in parts: nothing leads to it', () =>
    onNode(async (host, node) => {
      const disturbed = { ...beforeLoad(node, (nth) => block(host, nth, 'web-5')), chainsPerTransaction: 1 };
      const { diagnostics } = await applyTo(disturbed, cluster('10.244.1.', 1, 2, 3, 4, 5, 6), OPTIONS);
      expect(diagnostics.map(({ code, origin }) => `${code} ${origin?.object}`)).toEqual([
        'refused Service default/web-5',
      ]);
      const { stdout } = succeeded(await host.run(['nft', 'list', 'map', 'ip', 'kube-proxy', 'service-ips']), 'nft');
      const served = [...stdout.matchAll(/10\.96\.0\.(\d) \. tcp \. 80 : goto/g)].map(([, n]) => Number(n));
      expect(served.sort()).toEqual([1, 2, 3, 4, 6]);
    }));

  it('without a reason that anything can be done about: all is as before', () =>
    onNode(async (host, node) => {
      const list = async () => nftBlocks(succeeded(await host.run(['nft', 'list', 'ruleset']), 'nft').stdout);
      const before = await list();
      let [failed, done] = [0, 0];
      const broken: Host = {
        run: async (argv, stdin = '') => {
          const input = [...stdin].join('');
          const isLoad = argv.join(' ') === 'nft -f -';
          if (isLoad && failed < 4 && input.includes('add element ip kube-proxy service-ips')) {
            failed++;
            return { code: 1, stdout: '', stderr: 'netlink: Error: cache initialization failed: Device busy\n' };
          }
          if (isLoad) done++;
          return host.run(argv, input);
        },
      };
      const { desired } = await compileOn(node, cluster('10.244.1.', 3, 4, 5, 6), OPTIONS);
      const how = { ...node.target.detected, chainsPerCommit: 300, chainsPerTransaction: 2, excludeCIDRs: [] };
      const { rest, diagnostics } = await apply({ ...node.target, host: broken }, desired, how);
      expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
        'refused: nft: netlink: Error: cache initialization failed: Device busy',
        'rules-kept: the rules are what they were before',
      ]);
      // New chains were made, and went again.
      expect({ failed, made: done > 3 }).toEqual({ failed: 2, made: true });
      expect(rest.steps).not.toEqual([]);
      expect(await list()).toEqual(before);
    }));

  it('a table that goes away in between is made anew', () =>
    onNode(async (host, node) => {
      const remove = async () => void succeeded(await host.run(['nft', 'delete', 'table', 'ip', 'kube-proxy']), 'nft');
      const disturbed = beforeLoad(node, (nth) => (nth === 1 ? remove() : Promise.resolve()));
      const moved = cluster('10.244.1.', 1, 2, 3);
      const { rest, diagnostics } = await applyTo(disturbed, moved, OPTIONS);
      expect({ rest: rest.steps, diagnostics }).toEqual({ rest: [], diagnostics: [] });
      expect(await differenceTo(node, moved, OPTIONS)).toEqual([]);
    }));
});

const newer = nftVersions().filter(({ name }) => name === 'newer');

// Without a newer nft nftVersions() reports it.
for (const { program } of newer)
  describeKernel('tables of a newer nft', () => {
    const onNode = (use: (host: Host, node: LiveNode) => Promise<void>) =>
      withNode(async (host) => {
        const node = await liveNode(host, 'nft', program);
        expect((await applyTo(node, cluster('10.244.0.', 1), OPTIONS)).diagnostics).toEqual([]);
        await use(host, node);
      });

    it('are named where the old nft crashes, and nothing is changed', () =>
      onNode(async (host, node) => {
        const old = await liveNode(host, 'nft');
        const outcome = await host.run(['nft', 'list', 'tables']);
        if (outcome.code === 0) return;
        await expect(applyTo(old, cluster('10.244.0.', 2), OPTIONS)).rejects.toThrow(
          /^nft crashes, as an old version does .* one of these: .*table ip kube-proxy.*: install an nft .* --nft$/,
        );
        await expect(cleanUp(old)).rejects.toThrow(/cannot be removed, and nothing is changed; .*nft delete table ip/);
        expect(await differenceTo(node, cluster('10.244.0.', 1), OPTIONS)).toEqual([]);
        expect((await cleanUp(node)).rest.steps).toEqual([]);
      }));
  });

/** A node, and Services with one endpoint each. */
function cluster(prefix: string, ...numbers: readonly number[]): readonly Source[] {
  const services = numbers.map(
    (n) => `\
---
apiVersion: v1
kind: Service
metadata: { name: web-${n}, namespace: default }
spec: { clusterIP: 10.96.0.${n}, ports: [{ name: http, port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-${n}, namespace: default, labels: { kubernetes.io/service-name: web-${n} } }
addressType: IPv4
ports: [{ name: http, port: 8080 }]
endpoints: [{ addresses: ["${prefix}${n}"] }]
`,
  );
  const text = `{ apiVersion: v1, kind: Node, metadata: { name: node-a } }\n${services.join('')}`;
  return [{ name: 'cluster.yaml', text }];
}

/** The node, where `act` is at work just before each run of nft that loads; told how many there were. */
function beforeLoad(node: LiveNode, act: (nth: number) => Promise<void>): LiveNode {
  const { host } = node.target;
  let count = 0;
  const disturbed: Host = {
    run: async (argv, stdin) => {
      if (argv.join(' ') === 'nft -f -') await act(++count);
      return host.run(argv, stdin);
    },
  };
  return { ...node, target: { ...node.target, host: disturbed } };
}

/**
 * Refused: what happens when the kernel refuses the rules, because another program changed them between the read and the
 * change, or because ours cannot stand beside a foreign rule.
 */

import { expect, it } from '@jest/globals';
import { endpointChain } from '../backends/iptables/names.js';
import type { Diagnostic, Source } from '../diag.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { locate } from '../read/locate.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { FOREIGN, load, type Saves, saves, without } from '../testing/node/foreign.js';
import { applyTo, compileOn, differenceTo, type LiveNode, liveNode } from '../testing/node/live.js';
import { parseSaved } from '../testing/node/saved.js';
import { sample } from '../testing/run/extent.js';
import { apply } from './apply.js';
import type { Host } from './host.js';

const describeKernel = await describeInKernel();

const OPTIONS = { ...DEFAULT_OPTIONS, nodeName: 'node-a' };

describeKernel.each(sample(VARIANTS, 1, 'refused'))('refused, %s', (variant) => {
  const iptables = `iptables-${variant}`;
  const ip6tables = `ip6tables-${variant}`;

  /** A node with rules of others and Services of the numbers 1 to 6. */
  const onNode = (use: (host: Host, node: LiveNode) => Promise<void>) =>
    withNode(async (host) => {
      await load(host, variant, FOREIGN);
      const node = { ...(await liveNode(host, variant)), layout: 'kube-proxy' };
      expect((await applyTo(node, cluster(1, 2, 3, 4, 5, 6), OPTIONS)).diagnostics).toEqual([]);
      await use(host, node);
    });

  it('a chain gets a user before it is deleted: another plan, which keeps it', async () => {
    await onNode(async (host, node) => {
      const [chain = ''] = await serviceChains(host, node);
      const lead = leadTo(host, iptables);
      const disturbed = beforeRestore(node, async (nth) => void (nth === 1 && (await lead(chain))));
      const { rest, diagnostics } = await applyTo(disturbed, cluster(), OPTIONS);
      expect(rest.steps).toEqual([]);
      expect(diagnostics).toEqual([]);
      expect(await serviceChains(host, node)).toEqual([chain]);
      expect(rulesOf(await saves(host, variant), chain)).toEqual([]);
      expect(await differenceTo(node, cluster(), OPTIONS)).toEqual([]);
    });
  });

  it('another one gets a user each time: all is as before', async () => {
    await onNode(async (host, node) => {
      const before = await saves(host, variant);
      const chains = await serviceChains(host, node);
      const lead = leadTo(host, iptables);
      const disturbed = beforeRestore(node, (nth) => lead(chains[nth - 1] ?? ''));
      const { rest, diagnostics } = await applyTo(disturbed, cluster(), OPTIONS);
      expect(rest.steps.map(({ program }) => program)).toEqual(['iptables', 'ip6tables']);
      expect(codes(diagnostics)).toEqual(['error refused', 'warning rules-kept']);
      expect(diagnostics[0]?.message).toMatch(/line \d+ of the input is "(?:-X KUBE-SVC-|COMMIT)/);
      const after = await saves(host, variant);
      // The rules of the third party, and nothing else, are new.
      const { rest: added, harm } = without(after.ipv4, before.ipv4);
      expect(harm).toEqual([]);
      expect(added.match(/^-A .*/gm)).toEqual(
        chains.slice(0, 4).map((chain) => `-A PREROUTING -s 192.0.2.9/32 -j ${chain}`),
      );
      expect(after.ipv6).toBe(before.ipv6);
      // Left alone, it gets there.
      expect((await applyTo(node, cluster(), OPTIONS)).rest.steps).toEqual([]);
      expect(await differenceTo(node, cluster(), OPTIONS)).toEqual([]);
    });
  });

  // In one commit, and in many of which the first are made.
  it.each([300, 1])(
    'a rule of others leads to where ours cannot be: all is as before (%d a commit)',
    async (chainsPerCommit) => {
      await onNode(async (host, node) => {
        const name = { namespace: 'default', service: 'web-7', port: 'http', protocol: 'TCP' } as const;
        const endpoint = endpointChain(name, { ip: 'fd00:10:244::7', port: 8080 });
        // DNAT is not for POSTROUTING, so the kernel refuses the rule that the chain is there for.
        const blocked = `*nat\n:${endpoint} - [0:0]\n-A POSTROUTING -s 2001:db8::9/128 -j ${endpoint}\nCOMMIT\n`;
        succeeded(await host.run([`${ip6tables}-restore`, '--noflush', '--wait=60'], blocked), 'restore');
        const before = await saves(host, variant);
        const { desired } = await compileOn(node, cluster(1, 3, 7), OPTIONS);
        const { rest, diagnostics } = await apply(node.target, desired, {
          ...node.target.detected,
          chainsPerCommit,
          excludeCIDRs: [],
        });
        // IPv4 had it all, and gave it back.
        expect(rest.steps.map(({ program }) => program)).toEqual(['iptables', 'ip6tables']);
        expect(await saves(host, variant)).toEqual(before);
        expect(codes(diagnostics)).toEqual(['error refused', 'warning rules-kept']);
        const [{ message, origin } = { message: '' }] = diagnostics;
        expect(message).toMatch(new RegExp(`line \\d+ of the input is "-A ${endpoint} -p tcp `));
        expect(origin?.object).toBe('Service default/web-7');
        expect(origin && locate(origin)).toEqual({ file: 'cluster.yaml', line: 47, col: 1 });
      });
    },
  );
});

/** A node, and Services of both families with one endpoint each. */
function cluster(...numbers: readonly number[]): readonly Source[] {
  const services = numbers.map(
    (n) => `\
---
apiVersion: v1
kind: Service
metadata: { name: web-${n}, namespace: default }
spec:
  clusterIP: 10.96.0.${n}
  clusterIPs: [10.96.0.${n}, "fd00:10:96::${n}"]
  ports: [{ name: http, port: 80 }]
${['10.244.0.', 'fd00:10:244::'].map((prefix) => slice(n, `${prefix}${n}`)).join('')}`,
  );
  return [
    { name: 'cluster.yaml', text: `{ apiVersion: v1, kind: Node, metadata: { name: node-a } }\n${services.join('')}` },
  ];
}

function slice(n: number, address: string): string {
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  return `\
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-${n}-${family.toLowerCase()}, namespace: default, labels: { kubernetes.io/service-name: web-${n} } }
addressType: ${family}
ports: [{ name: http, port: 8080 }]
endpoints: [{ addresses: ["${address}"] }]
`;
}

function codes(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, severity }) => `${severity} ${code}`);
}

/** The node, where `act` is at work just before each run of a restore; told how many there were. */
function beforeRestore(node: LiveNode, act: (nth: number) => Promise<unknown>): LiveNode {
  const { target } = node;
  let count = 0;
  const host: Host = {
    run: async (argv, stdin) => {
      if (/tables-\w+-restore$/.test(argv[0] ?? '') && argv.includes('--noflush')) await act(++count);
      return target.host.run(argv, stdin);
    },
  };
  return { ...node, target: { ...target, host } };
}

/** Adds a rule of others that leads to a chain of the nat table. */
function leadTo(host: Host, iptables: string) {
  return async (chain: string): Promise<void> => {
    if (chain === '') return;
    const argv = [iptables, '--wait', '60', '-t', 'nat', '-A', 'PREROUTING', '-s', '192.0.2.9', '-j', chain];
    succeeded(await host.run(argv), argv.join(' '));
  };
}

async function serviceChains(host: Host, { variant }: LiveNode): Promise<readonly string[]> {
  const { ipv4 } = await saves(host, variant);
  return [...(parseSaved(ipv4).get('nat')?.keys() ?? [])].filter((name) => name.startsWith('KUBE-SVC-'));
}

function rulesOf({ ipv4 }: Saves, chain: string): readonly string[] | undefined {
  return parseSaved(ipv4).get('nat')?.get(chain)?.rules;
}

/**
 * Jumps: what becomes of our rules in built-in chains when a third party was at work there. Chains are told by the targets
 * of their rules, ours without KUBE-.
 */
import { expect, it } from '@jest/globals';
import { caseInput, cases } from '../testing/cases/cases.js';
import { VARIANTS, WAIT } from '../testing/machine/kernel.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { saves } from '../testing/node/foreign.js';
import { applyTo, differenceTo, liveNode } from '../testing/node/live.js';
import { parseSaved } from '../testing/node/saved.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const INPUT = 'FIREWALL PROXY-FIREWALL NODEPORTS EXTERNAL-SERVICES';
const EXTERNAL =
  '-m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES';
const PORTALS = '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES';

const rows: readonly (readonly [about: string, table: 'filter' | 'nat', act: string, chain: string, after: string])[] =
  [
    ['nothing', 'filter', '', 'INPUT', INPUT],
    ['one deleted', 'filter', '-D INPUT 2', 'INPUT', INPUT],
    ['the first deleted', 'filter', '-D INPUT 1', 'INPUT', INPUT],
    ['all deleted', 'filter', '-F INPUT', 'INPUT', INPUT],
    ['one twice', 'filter', `-A INPUT ${EXTERNAL}`, 'INPUT', INPUT],
    ['the last first', 'filter', `-D INPUT 4\n-I INPUT 1 ${EXTERNAL}`, 'INPUT', INPUT],
    ['behind DROP for some', 'filter', '-I INPUT 1 -s 192.0.2.1 -j DROP', 'INPUT', `DROP ${INPUT}`],
    ['behind ACCEPT for all', 'filter', '-I INPUT 1 -j ACCEPT', 'INPUT', `${INPUT} ACCEPT`],
    ['ACCEPT for all among them', 'filter', '-I INPUT 3 -j ACCEPT', 'INPUT', `${INPUT} ACCEPT`],
    ['some of others among them', 'filter', '-I INPUT 3 -s 192.0.2.1 -j DROP', 'INPUT', INPUT.replace(' N', ' DROP N')],
    ['behind a jump for some', 'nat', '-N DOCKER\n-I OUTPUT 1 -p tcp -j DOCKER', 'OUTPUT', 'SERVICES DOCKER'],
    ['behind a jump for all', 'nat', '-N cali-OUTPUT\n-I OUTPUT 1 -j cali-OUTPUT', 'OUTPUT', 'cali-OUTPUT SERVICES'],
    ['behind RETURN for some', 'nat', '-I OUTPUT 1 -p tcp -j RETURN', 'OUTPUT', 'SERVICES RETURN'],
    ['behind RETURN, twice', 'nat', `-I OUTPUT 1 -p tcp -j RETURN\n-A OUTPUT ${PORTALS}`, 'OUTPUT', 'SERVICES RETURN'],
    ['no rule left', 'nat', '-F OUTPUT', 'OUTPUT', 'SERVICES'],
  ];

const [nodePort] = cases('conformance').filter(({ name }) => name === 'conformance/nodeport');

describeKernel.each(sample(VARIANTS, 1, 'jumps'))('jumps, %s', (variant) => {
  it.each(sample(rows, 3, variant, 12))('%s in %s', async (_, table, act, chain, after) => {
    if (!nodePort) throw new Error('no case');
    const { sources, options } = caseInput(nodePort);
    await withNode(async (host) => {
      const node = await liveNode(host, variant);
      await applyTo(node, sources, options);
      const script = `*${table}\n${act}\nCOMMIT\n`;
      succeeded(await host.run([`iptables-${variant}-restore`, '--noflush', WAIT], script), 'third party');
      expect((await applyTo(node, sources, options)).rest.steps).toEqual([]);
      const rules =
        parseSaved((await saves(host, variant)).ipv4)
          .get(table)
          ?.get(chain)?.rules ?? [];
      expect(rules.map((rule) => rule.replace(/^.*-j (?:KUBE-)?/, '')).join(' ')).toBe(after);
      expect(await differenceTo(node, sources, options)).toEqual([]);
    });
  });
});

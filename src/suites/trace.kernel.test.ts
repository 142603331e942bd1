/**
 * The evaluator against the kernel's own trace: for each class of packets that the rules of a case tell apart, the rules that
 * packets meet are those that were foretold, one by one with their verdicts, and so is how they leave the node. Packets of
 * each state of connection tracking, and ICMP, are among them.
 */
import { describe, expect, it } from '@jest/globals';
import { FAMILIES } from '../ip.js';
import { conformanceCases } from '../testing/cases/cases.js';
import { compiledRules } from '../testing/cases/compiled.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { firewallRules } from '../testing/network/traced/firewall.js';
import { laterOf } from '../testing/network/traced/flows.js';
import { iptablesRules } from '../testing/network/traced/rules.js';
import { type Walks, walksOf } from '../testing/network/traced/walks.js';
import { often, sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const cases = conformanceCases().flatMap((each) =>
  FAMILIES.filter((family) => each.dumps[family] !== undefined).flatMap((family) =>
    ['kube-proxy', 'fast'].map((layout) => ({ each, name: each.name, family, layout })),
  ),
);

describeKernel('the kernel traces as foretold', () => {
  describe('the rules of conformance cases', () => {
    const done: Walks[] = [];

    it.each(sample(cases, 8, 'kernel trace', cases.length / 2))(
      '$name $family $layout',
      async ({ each, family, layout }) => {
        const walks = await walksOf(iptablesRules(family, compiledRules(each, family, layout)), laterOf);
        done.push(walks);
        expect(walks.wrong).toEqual([]);
        // All is known of these rules, and every class of theirs can be sent.
        expect(walks.unseen).toBe(0);
        expect(walks.unsent).toEqual([]);
      },
    );

    it('with many packets', () => {
      expect(done.reduce((sum, { packets }) => sum + packets, 0)).toBeGreaterThanOrEqual(often(100, 5000));
    });
  });

  it.each(FAMILIES)('rules of others, and packets of each state, %s', async (family) => {
    const walks = await walksOf(iptablesRules(family, firewallRules(family)), laterOf);
    expect(walks.wrong).toEqual([]);
    expect(walks.unsent).toEqual([]);
    expect(walks.states).toEqual(['ESTABLISHED', 'INVALID', 'NEW', 'RELATED']);
  });
});

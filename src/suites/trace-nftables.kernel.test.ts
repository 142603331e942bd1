/**
 * The evaluator against nft's own trace, as trace.kernel.test has it for iptables: what each layout compiles to, and
 * kube-proxy's own dumps.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { FAMILIES } from '../ip.js';
import { conformanceCases, nftDump } from '../testing/cases/cases.js';
import { compiledNftables } from '../testing/cases/compiled.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { CALICO, DOCKER, FIREWALLD } from '../testing/network/traced/firewall-nft.js';
import { laterOf } from '../testing/network/traced/flows.js';
import { nftRules } from '../testing/network/traced/rules.js';
import { type Walks, walksOf } from '../testing/network/traced/walks.js';
import { often, sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const cases = conformanceCases().flatMap((each) => {
  const dump = nftDump(each);
  return dump === undefined ? [] : FAMILIES.map((family) => ({ name: each.name, family, each, dump }));
});

/** Dumps are what layout kube-proxy compiles to, so a part of them is enough. */
const rows = [
  ...['kube-proxy', 'fast'].flatMap((rules) => sample(cases, 2, `trace ${rules}`).map((row) => ({ ...row, rules }))),
  ...sample(cases, 1, 'trace dumps', 24).map((row) => ({ ...row, rules: 'dump' })),
];

/** Of each case so many classes, not all: random cases have more than a thousand. */
const MOST = 40;

describeKernel('nft traces as foretold', () => {
  const done: Walks[] = [];

  it.each(rows)('$name $family, $rules', async ({ each, family, rules, dump }) => {
    const text = rules === 'dump' ? readFileSync(dump, 'utf8') : compiledNftables(each, rules);
    const given = nftRules(family, text);
    const classes = sample(given.classes, MOST, `${each.name} ${family} ${rules}`, MOST);
    const walks = await walksOf({ ...given, classes }, laterOf);
    done.push(walks);
    expect(walks.wrong).toEqual([]);
    expect(walks.unseen).toBe(0);
    expect(walks.unsent).toEqual([]);
  });

  it('with many packets', () => {
    expect(done.reduce((sum, { packets }) => sum + packets, 0)).toBeGreaterThanOrEqual(often(100, 5000));
  });

  it.each(FAMILIES)('rules of others, and packets of each state, %s', async (family) => {
    const walks = await walksOf(nftRules(family, `${FIREWALLD}${DOCKER}${CALICO}`), laterOf);
    expect(walks.wrong).toEqual([]);
    expect(walks.unsent).toEqual([]);
    expect(walks.states).toEqual(['ESTABLISHED', 'INVALID', 'NEW', 'RELATED']);
  });
});

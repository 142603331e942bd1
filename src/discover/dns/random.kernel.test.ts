/**
 * Random clusters: BIND 9 loads each of their zones without a warning, reads the same records, and answers as vipc's
 * own lookup does, for missing names and types too.
 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasErrors } from '../../diag.js';
import { readCluster } from '../../front.js';
import { zoneFiles } from '../../testing/cases/discover.js';
import { withNetns } from '../../testing/machine/netns.js';
import { describeInKernel } from '../../testing/machine/rings.js';
import { type Answer, type Asked, BIND, checkZones, serveAndAsk } from '../../testing/network/name-server.js';
import { dnsClusters } from '../../testing/random/dns-clusters.js';
import { often, seed } from '../../testing/run/extent.js';
import { knownOf, lookup } from './lookup.js';
import { isWithin } from './names.js';
import { dataText } from './rdata.js';
import type { DnsRecord, QueryType } from './record.js';
import { recordsOf } from './records.js';

const describeKernel = await describeInKernel();

const COUNT = often(100, 200);
const CLUSTERS = fc.sample(dnsClusters, { seed, numRuns: COUNT }).map((objects, i) => {
  const domain = `c${i}.local`;
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }).replaceAll(
    '.cluster.local',
    `.${domain}`,
  );
  const { value, diagnostics } = readCluster([{ name: `${domain}.json`, text }], {});
  const refused = hasErrors(diagnostics) ? diagnostics.map(({ message }) => message) : [];
  const records = recordsOf(value, domain).value;
  return { domain, refused, records, zones: zoneFiles(records, domain) };
});

it(`there are clusters, with records of each type (SEED=${seed})`, () => {
  expect(CLUSTERS.flatMap(({ refused }) => refused)).toEqual([]);
  const types = new Set(CLUSTERS.flatMap(({ records }) => records.map(({ type }) => type)));
  expect([...types].sort()).toEqual(['A', 'AAAA', 'CNAME', 'PTR', 'SRV', 'TXT']);
});

describeKernel(`${COUNT} random clusters (SEED=${seed})`, () => {
  it('named-checkzone reads what we mean', async () => {
    // BIND starts once per cluster: with all reverse zones that would take twice as long.
    const zones = CLUSTERS.flatMap(({ zones, records: of }, i) =>
      zones.slice(0, i < COUNT / 4 ? zones.length : 1).map((zone) => ({ ...zone, of })),
    );
    const { said, records } = await withNetns((host) => checkZones(host, zones));
    const strange = said.filter((line) => line !== 'OK' && !/^zone \S+\/IN: loaded serial 1$/.test(line));
    expect(strange.slice(0, 3)).toEqual([]);
    const wrong = zones.filter(({ zone, of }, i) => {
      const meant = of.filter(({ name }) => isWithin(name, `${zone}.`)).map(shown);
      const read = records[i]?.filter((text) => !/^ns\.dns\.|^\S+ \d+ (SOA|NS) /.test(text)) ?? [];
      return !same(read, meant);
    });
    expect(wrong.map(({ text }) => text).slice(0, 1)).toEqual([]);
  });

  it('named answers as we do', async () => {
    const expected = CLUSTERS.flatMap(answersFor);
    const asked = expected.map(({ name, type }): Asked => ({ name, type: type as QueryType }));
    const zones = CLUSTERS.flatMap((cluster) => cluster.zones.slice(0, 1));
    const answers = await withNetns((host) => serveAndAsk(host, BIND, zones, asked));
    expect(answers).toHaveLength(expected.length);
    const wrong = answers.map((answer, i) => ({ answer, expected: expected[i] })).filter(differs);
    expect(wrong.slice(0, 3)).toEqual([]);
  });
});

/** Every existing name and type below the domain, and for each name a type and a name below it that may be missing. */
function answersFor({ domain, records }: (typeof CLUSTERS)[number]): readonly Answer[] {
  const forward = records.filter(({ name }) => isWithin(name, `${domain}.`));
  const pairs = forward.flatMap(({ name, type }) => [`${name} ${type}`, `${name} TXT`, `no.${name} A`]);
  const all = knownOf(records, [domain]);
  return [...new Set(pairs)]
    .map((pair) => pair.split(' ') as [string, QueryType])
    .filter(([name]) => name.length <= 254)
    .map(([name, type]) => {
      const { tries, answers } = lookup(all, [name], [type]);
      const [{ outcome = 'answer', alias = name } = {}] = tries;
      // The client follows a CNAME into another zone.
      const found = isWithin(alias, `${domain}.`) ? outcome : 'CNAME';
      const status = { NXDOMAIN: 'NXDOMAIN', loop: BIND.loop }[found as string] ?? 'NOERROR';
      return {
        name,
        type,
        status,
        records: answers
          .filter((each) => isWithin(each.name, `${domain}.`))
          .map(shown)
          .sort(),
      };
    });
}

function shown(record: DnsRecord): string {
  return `${record.name} ${record.ttl} ${record.type} ${dataText(record)}`;
}

function differs({ answer, expected }: { readonly answer: Answer; readonly expected: Answer | undefined }): boolean {
  return JSON.stringify(answer) !== JSON.stringify(expected);
}

function same(read: readonly string[], meant: readonly string[]): boolean {
  return JSON.stringify(read.toSorted()) === JSON.stringify(meant.toSorted());
}

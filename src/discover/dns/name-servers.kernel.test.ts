/**
 * The zones of the golden cases in BIND 9 and Knot DNS: for every name and type they give the answer, or the kind of
 * failure, of vipc's own lookup; for the questions of a pod, dig makes the same tries.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readCluster } from '../../front.js';
import { ROOT } from '../../testing/cases/cases.js';
import { type DiscoverCase, discoverCases, zoneFiles } from '../../testing/cases/discover.js';
import { withNetns } from '../../testing/machine/netns.js';
import { describeInKernel } from '../../testing/machine/rings.js';
import {
  type Answer,
  type Asked,
  BIND,
  checkZones,
  KNOT,
  type NameServer,
  serveAndAsk,
  type ZoneFile,
} from '../../testing/network/name-server.js';
import { sample } from '../../testing/run/extent.js';
import { candidates, type Known, knownOf, lookup, NDOTS, searchPath, type Try } from './lookup.js';
import { fits, isWithin } from './names.js';
import { dataText } from './rdata.js';
import { QUERY_TYPES, type QueryType } from './record.js';
import { recordsOf } from './records.js';

const describeKernel = await describeInKernel();

const DOMAIN = 'cluster.local';
const CASES = discoverCases().map((found) => ({ ...found, ...known(found) }));

function known({ path }: DiscoverCase) {
  const source = { name: path, text: readFileSync(`${ROOT}${path}`, 'utf8') };
  const { value: records } = recordsOf(readCluster([source], {}).value, DOMAIN);
  return { records, known: knownOf(records, [DOMAIN]) };
}

/** vipc's answer to one question, in dig's form. */
function ours(of: Known, name: string, type: QueryType, { loop }: NameServer): Answer {
  const { tries, answers } = lookup(of, [name], [type]);
  return {
    name,
    type,
    status: { NXDOMAIN: 'NXDOMAIN', loop }[tries[0]?.outcome as string] ?? 'NOERROR',
    records: answers.map((record) => `${record.name} ${record.ttl} ${record.type} ${dataText(record)}`).sort(),
  };
}

describeKernel('named-checkzone', () => {
  it.each(sample(CASES, 5, '', 10))('loads the zones of $name, also from one file', async ({ records }) => {
    const zones = zoneFiles(records, DOMAIN);
    const whole = { zone: DOMAIN, text: zones.map(({ text }) => text).join('\n') };
    const [one, each] = await withNetns(async (host) => [
      await checkZones(host, [whole]),
      await checkZones(host, zones),
    ]);
    expect(each.said.toSorted()).toEqual(
      [...zones.map(() => 'OK'), ...zones.map(({ zone }) => `zone ${zone}/IN: loaded serial 1`)].sort(),
    );
    const said = one.said.filter((line) => !line.includes('ignoring out-of-zone data'));
    expect(said).toEqual([`zone ${DOMAIN}/IN: loaded serial 1`, 'OK']);
    expect(one.records[0]).toEqual(each.records[0]);
  });
});

describeKernel.each([BIND, KNOT])('$name', (server) => {
  it.each(sample(CASES, 5, server.name, 10))('answers for $name as we do', async ({ records, known: of }) => {
    const zones = zoneFiles(records, DOMAIN);
    const asked = questions(of).filter(({ name, type }) => zoneOf(name, zones) && (server.any || type !== 'ANY'));
    const expected = asked.map(({ name, type }) => {
      const answer = ours(of, name, type, server);
      const zone = zoneOf(name, zones);
      // A name server that does not recurse leaves CNAMEs into other zones to the client.
      const shown = answer.records.filter((text) => zoneOf(text.split(' ')[0] ?? '', zones) === zone);
      return { ...answer, records: shown };
    });
    expect(await withNetns((host) => serveAndAsk(host, server, zones, asked))).toEqual(expected);
  });
});

/** Every existing name, and a missing name below each, for every type. */
function questions(of: Known): readonly Asked[] {
  const names = [...of.names].sort();
  return (
    [...names, ...names.map((name) => `none.${name}`)]
      .filter(fits)
      // The top of a zone also has SOA and NS records.
      .flatMap((name) =>
        QUERY_TYPES.filter((type) => type !== 'ANY' || !of.zones.includes(name)).map((type) => ({ name, type })),
      )
  );
}

function zoneOf(name: string, zones: readonly ZoneFile[]): string | undefined {
  return zones.find(({ zone }) => isWithin(name, `${zone}.`))?.zone;
}

describeKernel('dig +search', () => {
  /** The upstream server of the cluster; it has no names. */
  const root = {
    zone: '.',
    text: '@ 5 IN SOA ns. hostmaster. 1 7200 1800 86400 5\n@ 5 IN NS ns.\nns 5 IN A 127.0.0.1\n',
  };

  const pods = CASES.flatMap((found) => namespacesOf(found).map((namespace) => ({ ...found, namespace })));

  it.each(sample(pods, 8, '', 16))(
    'tries the same names for $name from $namespace',
    async ({ records, known: of, lookups, namespace }) => {
      const path = searchPath(namespace, DOMAIN);
      // Records of pods are in no zone; addresses do not use the search path.
      const own = lookups.filter(
        ({ name, ...each }) => each.namespace === namespace && !/\.pod$|^[\d.]+$|::/.test(name),
      );
      const asked = own.flatMap(({ name, type }) =>
        (type === undefined ? (['A', 'AAAA'] as const) : [type]).map((each) => ({ name, type: each })),
      );
      const expected = asked.flatMap(({ name, type }) => {
        const { tries } = lookup(of, candidates(name, path) ?? [], [type]);
        return tries.map((each) => `${each.name} ${type} ${statusOf(each)}`);
      });
      const zones = [...zoneFiles(records, DOMAIN), root];
      const search = path.map((name) => name.slice(0, -1)).join(' ');
      const resolvConf = `nameserver 127.0.0.1\nsearch ${search}\noptions ndots:${NDOTS}\n`;
      const answers = await withNetns((host) => serveAndAsk(host, BIND, zones, asked, { resolvConf }));
      expect(answers.map(({ name, type, status }) => `${name} ${type} ${status}`)).toEqual(expected);
    },
  );
});

function namespacesOf({ lookups }: DiscoverCase): readonly string[] {
  return [...new Set(lookups.map(({ namespace }) => namespace))];
}

/** A root zone without names. */
function statusOf({ outcome }: Try): string {
  if (outcome === 'loop') return BIND.loop;
  return outcome === 'NXDOMAIN' || outcome === 'upstream' ? 'NXDOMAIN' : 'NOERROR';
}

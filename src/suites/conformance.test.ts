import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { FAMILIES } from '../ip.js';
import { conformanceCases } from '../testing/cases/cases.js';
import { compiledRules } from '../testing/cases/compiled.js';
import { differences } from '../testing/cases/conformance.js';

const SERVICES = (rules: string[]) =>
  ['*nat', ':KUBE-SERVICES - [0:0]', ...rules.map((rule) => `-A KUBE-SERVICES ${rule}`), 'COMMIT', ''].join('\n');

const WEB1 = '-d 10.0.0.1/32 -m comment --comment "default/web:http cluster IP" -j KUBE-SVC-A';
const WEB2 = '-d 192.0.2.1/32 -m comment --comment "default/web:http external IP" -j KUBE-EXT-A';
const WEBS = '-d 10.0.0.1/32 -m comment --comment "default/web:https cluster IP" -j KUBE-SVC-B';
const DB = '-d 10.0.0.2/32 -m comment --comment "default/db cluster IP" -j KUBE-SVC-C';
const PLAIN = '-p tcp -m comment --comment default/db -j KUBE-EXT-C';
const LAST = '-m comment --comment "kubernetes service nodeports; NOTE: last" -j KUBE-NODEPORTS';

const kubeProxys = SERVICES([WEB1, WEB2, WEBS, DB, LAST]);

describe('a shared chain', () => {
  it.each([
    ['the same', [WEB1, WEB2, WEBS, DB, LAST], []],
    ['another order of Services', [DB, WEB1, WEB2, WEBS, LAST], []],
    ['another order of ports', [WEBS, DB, WEB1, WEB2, LAST], []],
    ['Services interleaved', [WEB1, DB, WEB2, WEBS, LAST], []],
    [
      'another order within a port',
      [WEB2, WEB1, WEBS, DB, LAST],
      [`nat KUBE-SERVICES: rule 2 is ${WEB2}, kube-proxy's is ${WEB1}`],
    ],
    [
      'a rule behind the last',
      [WEB1, WEB2, WEBS, LAST, DB],
      [`nat KUBE-SERVICES: rule 1 is ${WEB1}, kube-proxy's is ${DB}`],
    ],
    ['a rule missing', [WEB1, WEBS, DB, LAST], [`nat KUBE-SERVICES: - ${WEB2}`]],
    ['the last missing', [WEB1, WEB2, WEBS, DB], [`nat KUBE-SERVICES: - ${LAST}`]],
    ['a rule too many', [WEB1, WEB2, WEBS, DB, PLAIN, LAST], [`nat KUBE-SERVICES: + ${PLAIN}`]],
    ['a rule twice', [WEB1, WEB2, WEBS, DB, LAST, LAST], ['nat KUBE-SERVICES: rule 6 is there once too often']],
    ['nothing', [], [WEB1, WEB2, WEBS, DB, LAST].map((rule) => `nat KUBE-SERVICES: - ${rule}`)],
  ])('%s', (_, rules, expected) => {
    expect([...differences(SERVICES(rules), kubeProxys)].sort()).toEqual([...expected].sort());
  });

  it('finds a rule that changed', () => {
    const changed = DB.replace('10.0.0.2', '10.0.0.3');
    expect(differences(SERVICES([WEB1, WEB2, WEBS, changed, LAST]), kubeProxys)).toEqual([
      `nat KUBE-SERVICES: - ${DB}`,
      `nat KUBE-SERVICES: + ${changed}`,
    ]);
  });

  it('knows a Service by a comment without quotes', () => {
    expect(differences(SERVICES([PLAIN, WEB1]), SERVICES([WEB1, PLAIN]))).toEqual([]);
  });
});

describe('any other chain', () => {
  const chain = (...rules: string[]) =>
    ['*nat', ':KUBE-SVC-A - [0:0]', ...rules.map((rule) => `-A KUBE-SVC-A ${rule}`), 'COMMIT', ''].join('\n');
  const one = '-m comment --comment "default/web:http -> 10.1.0.1:80" -j KUBE-SEP-A';
  const two = '-m comment --comment "default/web:https -> 10.1.0.2:80" -j KUBE-SEP-B';

  it('keeps its order', () => {
    expect(differences(chain(two, one), chain(one, two))).toHaveLength(1);
  });

  it('may stand anywhere in the header', () => {
    const header = (names: string[]) => ['*nat', ...names.map((name) => `:${name} - [0:0]`), 'COMMIT', ''].join('\n');
    expect(differences(header(['B', 'A']), header(['A', 'B']))).toEqual([]);
    expect(differences(header(['A']), header(['A', 'B']))).toEqual(['nat B: only kube-proxy has this chain']);
    expect(differences(header(['A', 'C']), header(['A']))).toEqual(['nat C: only we have this chain']);
  });

  it('has a policy', () => {
    const policy = (name: string) => `*filter\n:INPUT ${name} [0:0]\nCOMMIT\n`;
    expect(differences(policy('DROP'), policy('ACCEPT'))).toEqual(["filter INPUT: policy DROP, kube-proxy's ACCEPT"]);
  });

  it('is not the canary', () => {
    const canary = '*mangle\n:KUBE-PROXY-CANARY - [0:0]\nCOMMIT\n*nat\n:KUBE-PROXY-CANARY - [0:0]\nCOMMIT\n';
    expect(differences('', canary)).toEqual([]);
  });
});

const dumps = conformanceCases().flatMap((each) =>
  FAMILIES.flatMap((family) => {
    const path = each.dumps[family];
    return path === undefined ? [] : [{ each, name: each.name, family, path }];
  }),
);

describe('what we compile, before any kernel has seen it', () => {
  it.each(dumps)("$name $family: is kube-proxy's, rule for rule", ({ each, family, path }) => {
    expect(differences(compiledRules(each, family), readFileSync(path, 'utf8'))).toEqual([]);
  });
});

describe('the dumps of fixtures/conformance', () => {
  it('are there for every case but those of ipvs mode', () => {
    expect(conformanceCases()).toHaveLength(46);
    const without = conformanceCases().filter((each) => Object.keys(each.dumps).length === 0);
    expect(without.map(({ name }) => name)).toEqual([
      'conformance/ipvs-scheduler-mh',
      'conformance/ipvs-strict-arp',
      'conformance/ipvs-timeouts',
    ]);
    expect(dumps).toHaveLength(2 * 43);
  });

  it.each(dumps)('$name $family: no rule could go unnoticed', ({ path }) => {
    const dump = readFileSync(path, 'utf8');
    const lines = dump.split('\n');
    const unnoticed = lines.filter((line, i) => {
      const without = [...lines.slice(0, i), ...lines.slice(i + 1)].join('\n');
      return line.startsWith('-A ') && differences(without, dump).length === 0;
    });
    expect(differences(dump, dump)).toEqual([]);
    expect(unnoticed).toEqual([]);
  });
});

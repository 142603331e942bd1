/**
 * `--cluster` of `vipc compile` and `vipc dns` on the command line.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const golden = (path: string) => readFileSync(`${ROOT}golden/clusters/${path}`, 'utf8');
const flag = (topic: string, name: string, more = '') => [
  '--cluster',
  `${name}=${ROOT}fixtures/clusters/${topic}/cluster-${name}.yaml${more}`,
];
const THREE = ['east', 'west', 'north'].flatMap((name) => flag('clusterset', name));
const FEDERATED = ['fra', 'par', 'nyc', 'sfo'].flatMap((name) => flag('federation', name));
const FED = ['--federation', 'fed', '--domain', 'example.com'];

describe('--cluster', () => {
  it.each([
    ['no NAME', ['compile', '--cluster', 'x.yaml'], 2, /--cluster must be NAME=PATH/],
    ['PATH and --cluster', ['compile', 'x.yaml', ...THREE], 2, /either PATH or --cluster/],
    [
      'a file that is not there',
      ['compile', ...THREE, '--cluster', 'south=none.yaml'],
      2,
      /cluster south: "none.yaml" does not exist\n1 error/,
    ],
    ['an unusable network', ['compile', ...THREE, '--clusterset-cidr', 'x'], 2, /--clusterset-cidr must be a network/],
    [
      'a network without room',
      ['compile', ...THREE, '--clusterset-cidr', '10.9.9.9/32'],
      1,
      /cluster-east.yaml:30:1: error: [^]*--clusterset-cidr sets a larger network/,
    ],
    ['a federation of one cluster', ['dns', 'x.yaml', ...FED], 2, /name them with --cluster/],
    ['a federation without a domain', ['dns', '--federation', 'fed', ...FEDERATED], 2, /--federation needs --domain/],
    [
      'a federation with a name that is none',
      ['dns', '--federation', 'a.b', '--domain', 'x.y', ...FEDERATED],
      2,
      /--federation must be a DNS label/,
    ],
    ['a lookup in a federation', ['dns', 'x', '--from-namespace', 'y', ...FED, ...FEDERATED], 2, /not of a federation/],
    [
      'a cluster that is nowhere',
      ['dns', ...FED, ...flag('clusterset', 'east'), '--cluster', `x=${ROOT}fixtures/tour/web/cluster.yaml`],
      1,
      /cluster x has no region[^]*--cluster x=PATH,region=REGION/,
    ],
    [
      'the clusterset in its own domain',
      ['dns', '--domain', 'clusterset.local', ...THREE],
      2,
      /--domain cannot be clusterset.local/,
    ],
  ] as const)('refuses %s', async (_, argv, code, message) => {
    const result = await vipc(argv);
    expect(result.stderr).toMatch(message);
    expect(result).toMatchObject({ stdout: '', code });
  });
});

describe('vipc compile with several clusters', () => {
  it('compiles the first cluster', async () => {
    const { code, stdout } = await vipc(['compile', ...THREE]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: golden('clusterset/iptables.rules') });
  });

  it('compiles the one that has the node', async () => {
    const { stdout, stderr } = await vipc(['compile', ...THREE, '--node', 'node-n', '-v']);
    expect(stdout).toContain('"shop/cache cluster IP"');
    expect(stderr).toMatch(/note: seen from cluster north$/m);
  });

  it('takes several paths of one cluster', async () => {
    const spec = { clusterIP: '10.96.1.99', ports: [{ port: 80 }] };
    const more = JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'more' }, spec });
    const split = [...flag('clusterset', 'east'), '--cluster', 'east=-'];
    const { code, stdout } = await vipc(['compile', ...split], more);
    expect(code).toBe(0);
    expect(stdout).toContain('shop/web--clusterset:http');
    expect(stdout).toContain('default/more');
  });
});

describe('vipc dns with several clusters', () => {
  it('adds the zone of the clusterset, or prints that alone', async () => {
    const body = golden('clusterset/clusterset.local.zone').replace(/^.*\n/, '');
    const alone = await vipc(['dns', '--clusterset', ...THREE]);
    expect(alone).toMatchObject({ code: 0 });
    expect(alone.stdout.replace(/^.*\n/, '')).toBe(body);
    const all = await vipc(['dns', ...THREE]);
    expect(all.stdout).toMatch(/^; cluster\.local: /);
    expect(all.stdout).toContain(body);
  });

  it('looks names of the clusterset up', async () => {
    const { code, stdout } = await vipc([
      'dns',
      'db-0.west.db.shop.svc.clusterset.local',
      '--from-namespace',
      'x',
      ...THREE,
    ]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'db-0.west.db.shop.svc.clusterset.local.  5 IN A     10.2.1.20\n',
    });
    expect((await vipc(['dns', 'west.db.shop.svc.clusterset.local', '--from-namespace', 'x', ...THREE])).code).toBe(1);
  });

  it('prints the zone of a federation', async () => {
    const { code, stdout, stderr } = await vipc(['dns', ...FED, ...FEDERATED]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/cluster-fra.yaml:37:1: warning: Service shop\/mail: the load balancer in fra is the name/);
    expect(stdout.replace(/^.*\n/, '')).toBe(golden('federation/example.com.zone').replace(/^.*\n/, ''));
  });

  it('takes the place of a cluster from the flag', async () => {
    const { stdout } = await vipc([
      'dns',
      ...FED,
      ...flag('federation', 'fra', ',region=moon,zone=crater'),
      '--format',
      'json',
    ]);
    const records = JSON.parse(stdout) as readonly { readonly name: string }[];
    expect(records.map(({ name }) => name)).toContain('web.shop.fed.svc.crater.moon.example.com.');
  });
});

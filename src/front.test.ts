import { describe, expect, it } from '@jest/globals';
import { AS_IT_IS } from './complete/complete.js';
import { type FrontOptions, front } from './front.js';

const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}], clusterIP: 10.96.0.1}\n';
const BARE = 'apiVersion: v1\nkind: Service\nmetadata: {name: bare}\nspec: {ports: [{port: 80}]}\n';
const BROKEN = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 0}]}\n';
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: web}}\nspec: {containers: [{name: a}]}\n' +
  'status: {phase: Running, podIPs: [{ip: 10.244.0.5}], conditions: [{type: Ready, status: "True"}]}\n';
const SELECTS = SERVICE.replace('spec: {', 'spec: {selector: {app: web}, ');

/** The options of each command that reads: `compile` and similar ones, `apply`, `allocate`, `sync --snapshot`. */
const compile: FrontOptions = {};
const apply: FrontOptions = { mustServe: true, live: true, clustersetCIDRs: [] };
const allocate: FrontOptions = {
  completion: { ...AS_IT_IS, allocate: true },
  extent: 'services',
  empty: { forgivable: false },
  remarks: ['completed'],
};
const daemon: FrontOptions = { partial: true, empty: 'fine', clustersetCIDRs: [], remarks: [] };
const forgiving = { skipInvalid: true };

describe('what is said', () => {
  it.each<[string, string, FrontOptions, readonly string[]]>([
    ['nothing, compiled', '', compile, ['error empty-snapshot']],
    ['nothing, compiled with --skip-invalid', '', { ...compile, ...forgiving }, ['warning empty-snapshot']],
    ['nothing, to allocate for, with --skip-invalid', '', { ...allocate, ...forgiving }, ['error empty-snapshot']],
    ['nothing, for the daemon', '', daemon, []],
    ['no object of a cluster, compiled', CONFIG_MAP, compile, ['note skipped-objects']],
    ['no object of a cluster, applied', CONFIG_MAP, apply, ['error empty-snapshot', 'note skipped-objects']],
    ['nothing, applied with --skip-invalid', '', { ...apply, ...forgiving }, ['error empty-snapshot']],
    [
      'nothing but invalid objects, applied with --skip-invalid',
      BROKEN,
      { ...apply, ...forgiving },
      ['warning invalid-field', 'error empty-snapshot'],
    ],
    ['no object of a cluster, to allocate for', CONFIG_MAP, allocate, []],
    ['an invalid object', BROKEN, compile, ['error invalid-field']],
    ['an invalid object, with --skip-invalid', BROKEN, { ...compile, ...forgiving }, ['warning invalid-field']],
    ['an invalid object, for the daemon', BROKEN, daemon, ['error invalid-field']],
    ['endpoints of Pods', `${SELECTS}---\n${POD}`, compile, ['note synthetic-endpoints']],
    ['endpoints of Pods, for the daemon', `${SELECTS}---\n${POD}`, daemon, []],
    ['a Service without an address, to allocate for', BARE, allocate, ['note allocated']],
  ])('%s', (_, text, options, said) => {
    const { diagnostics } = front([{ name: 'test.yaml', text }], options);
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(said);
  });
});

describe('what there is', () => {
  it('is what was sound when an object has errors: completed only if that is wanted', () => {
    const sources = [{ name: 'test.yaml', text: [SELECTS, POD, BROKEN.replace('web', 'bad')].join('---\n') }];
    const slices = (options: FrontOptions) => front(sources, options).value.cluster.slices.length;
    expect([compile, { ...compile, partial: true }, daemon].map(slices)).toEqual([0, 1, 1]);
  });

  it('to allocate for has addresses and no slices, and is told apart from what the manifests say', () => {
    const sources = [{ name: 'test.yaml', text: [SELECTS, POD, BARE].join('---\n') }];
    const { written, cluster } = front(sources, allocate).value;
    const addresses = [written, cluster].map(({ services }) => services.map(({ spec }) => spec.clusterIPs.length));
    expect(addresses).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(cluster.slices).toEqual([]);
  });

  it('beside a cluster has the objects of both, and of a Service of both what the manifests say', () => {
    const list = {
      kind: 'List',
      apiVersion: 'v1',
      items: [apiService('web', '10.96.0.9'), apiService('db', '10.96.0.8')],
    };
    const beside = [{ name: 'cluster', text: JSON.stringify(list), api: true as const }];
    const { written, cluster } = front([{ name: 'test.yaml', text: BARE.replace('bare', 'web') }], {
      ...allocate,
      beside,
    }).value;
    expect(written.services.map(({ metadata }) => metadata.name)).toEqual(['web']);
    expect(cluster.services.map(({ metadata, spec }) => [metadata.name, spec.clusterIPs]).sort()).toEqual([
      ['db', ['10.96.0.8']],
      ['web', ['10.96.0.9']],
    ]);
  });
});

function apiService(name: string, clusterIP: string) {
  const spec = { clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ports: [{ port: 80 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec };
}

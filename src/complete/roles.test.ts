/**
 * Where simulated pods run: labels of simulated Nodes, control-plane Nodes, required affinity, hooks and ended pods.
 */
import { describe, expect, it } from '@jest/globals';
import type { Diagnostic } from '../diag.js';
import { readCluster } from '../front.js';
import { AS_IT_IS } from './complete.js';

const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}';

function deployment(spec: object, annotations: object = {}): string {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a' }], ...spec } };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', annotations },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
  });
}

function pod(name: string, status: object, annotations: object = {}): string {
  const metadata = { name, labels: { app: 'web' }, annotations };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: 'node-1' }, status });
}

/** The names of the Nodes that endpoints are on, or the diagnostics when there are none. */
function simulated(objects: readonly string[], simulate = true) {
  const text = [SERVICE, ...objects].join('\n---\n');
  const completion = { ...AS_IT_IS, simulate, allocate: simulate, nodes: simulate ? 3 : 0 };
  const { value, diagnostics } = readCluster([{ name: 'a.yaml', text }], { completion });
  const nodes = value.slices.flatMap(({ endpoints }) => endpoints.map(({ nodeName = '' }) => nodeName));
  return { value, diagnostics, nodes: [...new Set(nodes)].sort() };
}

const required = (...terms: readonly (readonly object[])[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
      },
    },
  },
});

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const ANY = /^node-\d,node-\d$/;

describe('pods that ask for', () => {
  it.each<[string, object, RegExp]>([
    ['nothing', {}, ANY],
    ['Linux', { nodeSelector: { 'kubernetes.io/os': 'linux' } }, ANY],
    ['Linux, as it was', { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }, ANY],
    ['an architecture', { nodeSelector: { 'kubernetes.io/arch': 'amd64' } }, ANY],
    ['some architectures', required([{ key: 'kubernetes.io/arch', operator: 'In', values: ['arm64', 'amd64'] }]), ANY],
    ['an instance type', required([{ key: 'node.kubernetes.io/instance-type', operator: 'Exists' }]), ANY],
    ['a zone', required([{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['zone-2'] }]), /^node-2$/],
    [
      'no zone',
      required([{ key: 'topology.kubernetes.io/zone', operator: 'NotIn', values: ['zone-1', 'zone-3'] }]),
      /^node-2$/,
    ],
    [
      'one of two',
      required(
        [{ key: 'x', operator: 'Exists' }],
        [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-3'] }],
      ),
      /^node-3$/,
    ],
    ['no control plane', required([{ key: CONTROL_PLANE, operator: 'DoesNotExist' }]), ANY],
    ['the control plane', { nodeSelector: { [CONTROL_PLANE]: '' } }, /^control-plane-1$/],
    ['the control plane of k3s', { nodeSelector: { [CONTROL_PLANE]: 'true' } }, /^control-plane-1$/],
    ['the master', required([{ key: 'node-role.kubernetes.io/master', operator: 'Exists' }]), /^control-plane-1$/],
    ['what no Node has', { nodeSelector: { disk: 'ssd' } }, /^$/],
    ['an empty term', required([]), /^$/],
  ])('%s', (_, spec, expected) => expect(simulated([deployment(spec)]).nodes.join()).toMatch(expected));

  it('get a hint for labels that no simulated Node has, and following it helps', () => {
    const spec = { nodeSelector: { disk: 'ssd' }, ...required([{ key: 'gpu', operator: 'Exists' }]) };
    const { hint = '' } = simulated([deployment(spec)]).diagnostics.find(({ code }) => code === 'unschedulable') ?? {};
    expect(hint).toMatch(/^it asks for disk=ssd, gpu Exists; simulated Nodes .* Add one to the input: \{/);
    expect(simulated([deployment(spec), hint.slice(hint.indexOf('{'))]).nodes).toEqual(['node-x']);
  });

  it('the control plane leave others where they are, and are noted', () => {
    const other = deployment({}).replaceAll('web', 'other');
    const find = ({ value }: ReturnType<typeof simulated>) =>
      value.pods.filter(({ metadata }) => metadata.name.startsWith('other')).map(({ spec, status }) => [spec, status]);
    const both = simulated([other, deployment({ nodeSelector: { [CONTROL_PLANE]: '' } })]);
    expect(find(both)).toEqual(find(simulated([other])));
    expect(messages(both.diagnostics)).toContain('control-plane-1 for pods that ask for a control-plane Node');
  });
});

function messages(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(({ severity, message, hint = '' }) => `${severity}: ${message} ${hint}`).join('\n');
}

describe('no endpoints are', () => {
  it.each([
    ['a test of a chart', 'helm.sh/hook', 'test'],
    ['a test of an old chart', 'helm.sh/hook', 'test-success'],
    ['a migration', 'helm.sh/hook', 'pre-install,pre-upgrade'],
    ['a hook of Argo CD', 'argocd.argoproj.io/hook', 'PostSync'],
  ])('%s', (_, key, value) => {
    const { nodes, diagnostics } = simulated([pod('once', {}, { [key]: value })]);
    expect(nodes).toEqual([]);
    expect(messages(diagnostics)).toContain(
      `note: Pod default/once is a hook (${key}: ${value}): it makes no endpoints`,
    );
  });

  it('those of a workload that is a test; one that stays after an installation has some', () => {
    expect(simulated([deployment({}, { 'helm.sh/hook': 'test' })]).nodes).toEqual([]);
    expect(simulated([deployment({}, { 'helm.sh/hook': 'post-install' })]).nodes).toHaveLength(2);
  });

  it.each(['Succeeded', 'Failed'])('Pods that have %s', (phase) => {
    const ended = pod('job', { phase, podIP: '10.1.1.1', conditions: [{ type: 'Ready', status: 'True' }] });
    for (const simulate of [false, true]) {
      const { nodes, diagnostics } = simulated([ended], simulate);
      expect(nodes).toEqual([]);
      expect(messages(diagnostics)).toContain(
        'note: Pod default/job has ended and is no endpoint of Service default/web',
      );
    }
    expect(simulated([ended, deployment({})]).nodes).toHaveLength(2);
  });

  it('Jobs’ and CronJobs’', () => {
    const job = deployment({}).replace('apps/v1', 'batch/v1').replace('Deployment', 'Job');
    expect(simulated([job]).nodes).toEqual([]);
  });

  it('but a Pod that a cluster has is one, whatever made it', () => {
    const running = { phase: 'Running', podIP: '10.1.1.1', conditions: [{ type: 'Ready', status: 'True' }] };
    expect(simulated([pod('test', running, { 'helm.sh/hook': 'test' })], false).nodes).toEqual(['node-1']);
  });
});

it('says that --simulate makes pods only where it was not given', () => {
  const lost = deployment({ nodeSelector: { disk: 'ssd' } });
  expect(messages(simulated([lost], false).diagnostics)).toContain('--simulate makes them');
  const given = messages(simulated([lost]).diagnostics);
  expect(given).toContain('no Pod is there for it yet');
  expect(given).not.toContain('--simulate');
});

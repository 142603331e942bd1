/**
 * deploy/: what the manifests allow, and that they agree with the code.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { DEFAULT_OPTIONS } from '../options.js';
import { ROOT } from '../testing/cases/cases.js';
import { smallProgram } from '../testing/cases/small-program.js';
import { vipc } from '../testing/run/vipc.js';

const TEXT = readFileSync(`${ROOT}deploy/daemonset.yaml`, 'utf8');
const objects = loadAll(TEXT) as any[];
const byKind = (kind: string) => objects.find((object) => object.kind === kind);
const pod = byKind('DaemonSet').spec.template.spec;
const [container] = pod.containers;
const [kernel] = pod.initContainers;

describe('the RBAC of deploy/daemonset.yaml', () => {
  it('is to list and watch four kinds, and no more', () => {
    expect(byKind('ClusterRole').rules).toEqual([
      { apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
      { apiGroups: ['networking.k8s.io'], resources: ['servicecidrs'], verbs: ['list', 'watch'] },
    ]);
  });

  it('is for the account that the pod has', () => {
    const account = { kind: 'ServiceAccount', name: 'vipc', namespace: 'kube-system' };
    expect(byKind('ServiceAccount').metadata).toEqual({ name: 'vipc', namespace: 'kube-system' });
    expect(byKind('ClusterRoleBinding')).toMatchObject({ roleRef: { name: 'vipc' }, subjects: [account] });
    expect(pod.serviceAccountName).toBe('vipc');
  });

  it('is all there is', () => {
    expect(objects.map(({ kind }) => kind)).toEqual([
      'ServiceAccount',
      'ClusterRole',
      'ClusterRoleBinding',
      'DaemonSet',
    ]);
  });
});

describe('the pod of deploy/daemonset.yaml', () => {
  it('has two rights of root', () => {
    expect(container.securityContext).toMatchObject({
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
    });
  });

  it('asks where the daemon answers', () => {
    const { healthz, metrics } = DEFAULT_OPTIONS.daemon;
    expect(container.ports).toEqual([
      { name: 'healthz', containerPort: healthz.port },
      { name: 'metrics', containerPort: metrics.port },
    ]);
    expect(container.livenessProbe.httpGet).toEqual({ path: '/livez', port: 'healthz' });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/healthz', port: 'healthz' });
  });

  it('mounts volumes that it has', () => {
    const volumes = pod.volumes.map(({ name }: { name: string }) => name).sort();
    const mounts = [...container.volumeMounts, ...kernel.volumeMounts].map(({ name }: { name: string }) => name);
    expect([...new Set(mounts)].sort()).toEqual(volumes);
  });

  it('is of the version that this is', () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
    expect([container.image, kernel.image]).toEqual([`vipc:${version}`, `vipc:${version}`]);
  });

  const script: string = kernel.command.at(-1);
  const parameters = [...script.matchAll(/net\.[\w.]+=\d/g)].map(([setting]) => setting);

  it('sets beforehand the kernel parameters that either mode asks for', () => {
    const ipvs = { ...DEFAULT_OPTIONS.ipvs, strictARP: true };
    const settings = [smallProgram(), smallProgram(undefined, { mode: 'ipvs', ipvs })].flatMap(({ desired }) =>
      Object.entries(desired.sysctl ?? {}).map(([name, value]) => `${name}=${value}`),
    );
    expect(parameters.sort()).toEqual(settings.sort());
  });
});

describe('the ways to get there', () => {
  const file = (name: string) => readFileSync(`${ROOT}${name}`, 'utf8');

  it('keep kube-proxy off just the nodes that vipc is on', () => {
    const [patch] = loadAll(file('deploy/kube-proxy.patch.yaml')) as any[];
    const { nodeAffinity } = patch.spec.template.spec.affinity;
    const [key, value] = Object.entries(pod.nodeSelector).find(([name]) => !name.includes('/')) ?? [];
    expect(nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key, operator: 'NotIn', values: [value] }] },
    ]);
    expect(file('docs/migration.md')).toContain(`kubectl label node NODE ${key}=${value}\n`);
  });

  /** `vipc COMMAND --flag …`, wherever it is written. */
  const written = [
    `vipc ${container.args.join(' ')}`,
    ...(file('deploy/vipc.service').match(/vipc sync .*/) ?? []),
    ...[...file('docs/migration.md').matchAll(/(?:`|^ {4,})(vipc (?:diff|apply|sync|cleanup)[^`\n]*)/gm)].map(
      ([, line = '']) => line,
    ),
  ];

  it.each(written)('%s', async (line) => {
    const [, command = ''] = line.split(' ');
    const { code, stdout } = await vipc([command, '--help']);
    expect(code).toBe(0);
    const known = new Set([...stdout.matchAll(/(?<![\w-])--?[a-z][a-z-]*/g)].map(([flag]) => flag));
    const used = [...line.matchAll(/ (--?[a-z][a-z-]*)/g)].map(([, flag = '']) => flag);
    expect(used.filter((flag) => !known.has(flag))).toEqual([]);
  });
});

/**
 * What `vipc expose` prints beside what a real kubectl prints, of the same objects. Debian 12 has kubectl 1.20: what newer
 * ones do otherwise is a row of its own.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Kubectl, startKubectl } from '../testing/api-client/kubectl.js';
import { EXPOSABLE } from '../testing/cases/exposable.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { sample } from '../testing/run/extent.js';
import { vipc } from '../testing/run/vipc.js';

const describeKernel = await describeInKernel();

/** Command lines without `expose`. */
const SAME: readonly string[] = [
  'deployment web',
  'deploy/web',
  'deployments.apps web --port 80',
  'deployment web --port 80,443 --target-port https',
  'deployment web --port 80 --target-port 8080 --name front --type NodePort',
  'deployment web --protocol UDP',
  'deployment web --labels a=b,c= --selector tier=x,app=y',
  'deployment web --cluster-ip None',
  'deployment web --cluster-ip 10.96.0.9 --external-ip 192.0.2.1 --session-affinity ClientIP',
  'deployment web --type LoadBalancer --load-balancer-ip 192.0.2.7 --session-affinity None',
  'deployment web --load-balancer-ip 192.0.2.7',
  'deployment one',
  'deployment one --port 9',
  'deployment sidecar',
  'deployment portless --cluster-ip None',
  'deployment portless --port 80',
  'deployment by-expressions --selector app=web',
  'deployment a-name-that-is-longer-than-sixty-three-letters-is-cut-to-its-first-63 --port 80',
  'rs one',
  'replicasets.apps one',
  'rc old',
  'rc old --port 53 --protocol UDP',
  'replicationcontroller/old-by-template',
  'pod one',
  'po numbers',
  'pod unlabelled --selector app=web --port 1',
  'service one --name two',
  'svc/several --name two',
  'service headless --name two',
];

/**
 * kubectl 1.20 takes only one protocol of a port, makes a port of each repetition, and leaves the namespace out of what it
 * prints.
 */
const NEWER: readonly string[] = [
  'deployment web -n default',
  'deployment web -n shop',
  'deployment twice-tcp --protocol TCP',
  'deployment dns',
  'deployment dns --port 53',
  'deployment dns --port 53,9153',
  'deployment dns --protocol TCP',
  'service dns --name two',
];

/** Both refuse. */
const REFUSED: readonly string[] = [
  'statefulset db',
  'deployment by-expressions',
  'deployment portless',
  'pod unlabelled --port 80',
  'service selectorless --port 80 --name two',
  'deployment no-such',
  'deployment web --port http',
  'deployment web --labels a',
  'deployment web --selector a==b',
  'deployment web --session-affinity Sometimes',
];

describeKernel('kubectl expose', () => {
  let kubectl: Kubectl;
  let file: string;

  beforeAll(async () => {
    kubectl = await startKubectl();
    for (const object of EXPOSABLE) kubectl.server.put(object);
    file = kubectl.file('objects.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: EXPOSABLE }));
  });
  afterAll(() => kubectl?.close());

  const theirs = (line: string) => kubectl.run('expose', ...line.split(' '), '--dry-run=client', '-o', 'yaml');
  const ours = (line: string) => vipc(['expose', ...line.split(' '), file]);

  it.each(sample(SAME, 10, 'expose'))('%s', async (line) => {
    const [{ stdout, stderr }, { stdout: told, stderr: why }] = [await ours(line), await theirs(line)];
    expect([told !== '' || why, stdout || stderr]).toEqual([true, withoutNull(told)]);
  });

  it.each(sample(NEWER, 3, 'expose newer'))('%s', async (line) => {
    const { stdout } = await ours(line);
    expect(stdout).toMatch(/protocol: (TCP|UDP)/);
    if (await kubectl.isNew()) expect(stdout).toBe(withoutNull((await theirs(line)).stdout));
  });

  it.each([
    ['deploy/web', ['/apis/apps/v1/namespaces/default/deployments', '/api/v1/namespaces/default/services']],
    ['rs/one', ['/apis/apps/v1/namespaces/default/replicasets', '/api/v1/namespaces/default/services']],
    ['rc/old', ['/api/v1/namespaces/default/replicationcontrollers', '/api/v1/namespaces/default/services']],
    ['svc/one', ['/api/v1/namespaces/default/services']],
  ])('%s of a cluster is the same, and only this is read', async (line, paths) => {
    const before = kubectl.server.requests().length;
    const config = kubectl.file('own', kubectl.server.kubeconfig());
    const read = await vipc(['expose', line, '--kubeconfig', config]);
    expect(read.stdout).toBe((await ours(line)).stdout);
    expect(
      new Set(
        kubectl.server
          .requests()
          .slice(before)
          .map(({ path }) => path),
      ),
    ).toEqual(new Set(paths));
  });

  it.each(sample(REFUSED, 4, 'expose refused'))('%s is refused', async (line) => {
    const [mine, other] = [await ours(line), await theirs(line)];
    expect([mine.code === 0, other.code === 0]).toEqual([false, false]);
    expect(mine.stdout).toBe('');
    expect(mine.stderr).toMatch(/^error: /);
  });
});

/** kubectl prints the field since 1.34 only where it has a value. */
function withoutNull(text: string): string {
  return text.replace(/^ {2}creationTimestamp: null\n/m, '');
}

/**
 * vipc expose: what is said, and what is refused. The Services themselves are compared with kubectl's in
 * expose.kernel.test.ts.
 */
import { expect, it } from '@jest/globals';
import { EXPOSABLE } from '../testing/cases/exposable.js';
import { vipc } from '../testing/run/vipc.js';

const INPUT = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: EXPOSABLE });

const run = (line: string) => vipc(['expose', ...line.split(' ')], INPUT);

it('a number with several protocols has a port for each of them', async () => {
  const { stdout, stderr } = await run('deploy/dns --name ns');
  expect([stdout, stderr]).toEqual([DNS, '']);
});

const DNS = `apiVersion: v1
kind: Service
metadata:
  labels:
    app: dns
    zone: z
  name: ns
spec:
  ports:
  - name: port-1-udp
    port: 53
    protocol: UDP
    targetPort: 53
  - name: port-1-tcp
    port: 53
    protocol: TCP
    targetPort: 53
  - name: port-2
    port: 9153
    protocol: TCP
    targetPort: 9153
  selector:
    app: web
    example.com/tier: front
status:
  loadBalancer: {}
`;

it('as JSON, in the same order', async () => {
  const { stdout } = await run('deploy/one --port 80 -o json');
  expect(JSON.parse(stdout).spec.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }]);
  expect(stdout).toMatch(/^\{\n {4}"apiVersion": "v1",\n {4}"kind": "Service",\n/);
});

it.each<[string, number, RegExp]>([
  ['statefulset db', 2, /kubectl does not expose a StatefulSet/],
  ['sts/db', 2, /kubectl does not expose a StatefulSet/],
  ['ds db', 2, /kubectl does not expose a DaemonSet/],
  ['ingress web', 2, /"ingress" is nothing to expose/],
  ['deploy/a/b', 2, /"deploy\/a\/b" is nothing to expose/],
  ['deploy', 2, /name the Deployment/],
  ['deploy/wep', 2, /Deployment "wep" is not in namespace default\n {2}did you mean web\?/],
  ['deploy/db', 2, /Deployment "db" is not in namespace default\n/],
  ['deploy/one -n other', 2, /not in namespace other\n {2}there is one in default: -n default/],
  ['deploy/by-expressions', 1, /selects by matchExpressions \(app In\), which a Service cannot/],
  ['deploy/portless', 1, /Deployment default\/portless has no ports/],
  ['pod/unlabelled', 1, /Pod default\/unlabelled has no labels/],
  ['svc/selectorless --name two', 1, /Service default\/selectorless has no selector/],
  // kubectl sends what follows, and the API server refuses it.
  ['deploy/twice-tcp', 1, /the Service:\d+:\d+: error: .*spec\.ports\[1\]/],
  ['deploy/one --type ExternalName', 1, /the Service:\d+:\d+: error: .*externalName/],
  ['deploy/one --type NodePort --cluster-ip None', 1, /the Service:\d+:\d+: error: /],
])('%s is refused', async (line, code, says) => {
  const result = await run(line);
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(says) });
});

it('says where there is such a Service already', async () => {
  const { code, stderr } = await run('svc/one');
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^note: there is a Service one/),
  });
  expect((await run('svc/one --name two')).stderr).toBe('');
});

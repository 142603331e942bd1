/** kubectl, as an independent client, finds its way about the test API server. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kubectl, startKubectl } from '../api-client/kubectl.js';
import type { ApiServer } from '../api-server.js';
import { describeInKernel } from '../machine/rings.js';
import { eventually } from '../run/patience.js';
import { selfSigned } from './certificate.js';

const describeKernel = await describeInKernel();

describeKernel('kubectl', () => {
  describe.each([
    ['over HTTP', {}],
    ['over HTTPS with a token', { token: 'secret', certificate: selfSigned('server') }],
  ])('%s', (_, options) => {
    let client: Kubectl;
    let server: ApiServer;

    beforeAll(async () => {
      client = await startKubectl(options);
      server = client.server;
      const labels = { 'kubernetes.io/service-name': 'web' };
      const spec = { clusterIP: '10.96.0.1', ports: [{ port: 80 }] };
      server.put({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });
      server.put({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'dns', namespace: 'kube-system' }, spec });
      server.put({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'web-1', labels },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.1.0.1'] }],
        ports: [{ port: 8080 }],
      });
      server.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } });
    });
    afterAll(() => client?.close());

    /** What kubectl prints. */
    const kubectl: Kubectl['output'] = (...args) => client.output(...args);

    it.each([
      ['get services,endpointslices -A -o name', 'service/web service/dns endpointslice.discovery.k8s.io/web-1'],
      ['get svc -o name', 'service/web'],
      ['get svc -n kube-system dns -o name', 'service/dns'],
      ['get nodes -o name', 'node/node-1'],
      ['get endpointslices -A -l kubernetes.io/service-name=web -o name', 'endpointslice.discovery.k8s.io/web-1'],
      ['get endpointslices -A -l !kubernetes.io/service-name -o name', ''],
      ['get svc -A --field-selector metadata.name=dns -o name', 'service/dns'],
    ])('%s', async (line, expected) => {
      const names = (await kubectl(...line.split(' '))).trim();
      expect(names.split(/\s+/).sort()).toEqual(expected.split(' ').sort());
    });

    it('get services,endpointslices -A, for people', async () => {
      const text = await kubectl('get', 'services,endpointslices', '-A');
      for (const name of ['web', 'dns', 'web-1']) expect(text).toMatch(new RegExp(`\\S*${name} `));
    });

    it('get -o yaml says what each object is', async () => {
      const text = await kubectl('get', 'services,endpointslices', '-A', '-o', 'yaml');
      expect(text.match(/^ {2}kind: .*$/gm)?.sort()).toEqual([
        '  kind: EndpointSlice',
        '  kind: Service',
        '  kind: Service',
      ]);
      expect(text).toContain('10.1.0.1');
    });

    it('get --watch is told of a change', async () => {
      const watching = client.run('get', 'svc', '-A', '--watch', '-o', 'name');
      await eventually('kubectl watches', () => server.requests().some(({ verb }) => verb === 'watch'));
      server.put({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'later' }, spec: {} });
      server.remove('Service', 'default', 'later');
      server.endWatches();
      expect((await watching).stdout).toContain('service/later');
    });

    it('asks for nothing but to read', () => {
      expect(server.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
    });
  });
});

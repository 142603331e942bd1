/**
 * A cluster read by vipc gives the same output as kubectl's dump of it piped into vipc. Also kubectl's plugin.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { localHost } from '../apply/host.js';
import { type ApiServer, selfSigned, startApiServer } from '../testing/api-server.js';
import { ROOT } from '../testing/cases/cases.js';
import { withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { vipc } from '../testing/run/vipc.js';

const describeKernel = await describeInKernel();

/** Clusters printed by a real API server with real controllers, or in their format. */
const FIXTURES = ['fixtures/tour/web/cluster.yaml', 'fixtures/look/service-types/manifests.yaml'];

const READ = ['Service', 'EndpointSlice', 'Node', 'Pod', 'Namespace', 'Ingress'];

describeKernel('a cluster', () => {
  let home = '';
  let config = '';
  let server: ApiServer;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'vipc-'));
    config = join(home, 'config');
    server = await startApiServer({ token: 'secret', certificate: selfSigned('server') });
    writeFileSync(config, server.kubeconfig());
    for (const fixture of FIXTURES) {
      const objects = loadAll(readFileSync(`${ROOT}${fixture}`, 'utf8')) as {
        kind: string;
        spec: { clusterIP?: string };
      }[];
      for (const object of objects) if (READ.includes(object.kind)) server.put(object);
    }
  });
  afterAll(async () => {
    await server.close();
    rmSync(home, { recursive: true });
  });

  const kubectl = async (what: string): Promise<string> => {
    const argv = ['kubectl', '--kubeconfig', config, '--cache-dir', home, 'get', ...what.split(' '), '-o', 'yaml'];
    const { code, stdout, stderr } = await localHost().run(argv);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };

  it.each([
    ['compile --node node-a', 'services,endpointslices,nodes -A'],
    ['compile --node node-a --family ipv6 --format json', 'services,endpointslices,nodes -A'],
    ['compile --node node-a --mode ipvs', 'services,endpointslices,nodes -A'],
    ['get', 'services,endpointslices'],
    ['get -A', 'services,endpointslices -A'],
    ['get -A -o wide --show-labels', 'services,endpointslices,ingresses -A'],
    ['get -n data -o yaml', 'services -n data'],
    ['describe -n data -o yaml', 'services,endpointslices,nodes,pods,ingresses -n data'],
    ['dns', 'services,endpointslices,namespaces -A'],
    ['env', 'services'],
  ])('%s', async (line, what) => {
    const piped = await vipc(line.split(' '), await kubectl(what));
    const read = await vipc([...line.split(' '), '--kubeconfig', config]);
    expect({ code: read.code, stdout: read.stdout }).toEqual({ code: piped.code, stdout: piped.stdout });
    expect(read.stdout).not.toBe('');
  });

  it('is what diff --live and a captured node are compared with', () =>
    withNetns(async (_, name) => {
      const file = join(home, 'dump.yaml');
      writeFileSync(file, await kubectl('services,endpointslices,nodes -A'));
      const node = ['--netns', name, '--iptables', 'nft', '--node', 'node-a'];
      expect((await vipc(['apply', ...node, file])).code).toBe(0);
      expect(await vipc(['diff', '--live', ...node, '--kubeconfig', config])).toMatchObject({ code: 0, stdout: '' });
      const capture = join(home, 'capture');
      await vipc(['capture', '-o', capture, '--netns', name]);
      const from = ['diff', capture, '--iptables', 'nft', '--node', 'node-a', '--kubeconfig', config];
      expect(await vipc(from)).toMatchObject({ code: 0, stdout: '' });
    }));

  it('is what kubectl’s plugin reads without a PATH, but not to change a node', async () => {
    const bin = join(home, 'bin');
    mkdirSync(bin);
    symlinkSync(`${ROOT}bin/kubectl-vipc.js`, join(bin, 'kubectl-vipc'));
    const run = (line: string) =>
      localHost().run(['sh', '-c', `PATH=${bin}:$PATH KUBECONFIG=${config} exec kubectl vipc ${line} < /dev/null`]);
    expect(await run('get -o name')).toMatchObject({ code: 0, stdout: expect.stringContaining('service/web\n') });
    const asked = server.requests().length;
    const { code, stderr } = await run('apply --dry-run');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^error: nothing to read/) });
    expect(server.requests()).toHaveLength(asked);
  });
});

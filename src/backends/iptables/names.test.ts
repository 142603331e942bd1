import { describe, expect, it } from '@jest/globals';
import { endpointChain, serviceChains } from './names.js';

/** Hashes made by a real kube-proxy: fixtures/conformance/clusterip and ipv6-session-affinity. */
describe('chain names', () => {
  const web = { namespace: 'default', service: 'web', port: 'http', protocol: 'TCP' } as const;

  it('are kube-proxy’s', () => {
    expect(serviceChains(web)).toEqual({
      cluster: 'KUBE-SVC-CDGGSHYLG3RE2FKL',
      local: 'KUBE-SVL-CDGGSHYLG3RE2FKL',
      external: 'KUBE-EXT-CDGGSHYLG3RE2FKL',
      firewall: 'KUBE-FW-CDGGSHYLG3RE2FKL',
    });
    expect(endpointChain(web, { ip: '10.244.1.5', port: 8080 })).toBe('KUBE-SEP-AFGSLHOD2HFNCBX4');
  });

  it('tell protocols apart', () => {
    expect(serviceChains({ ...web, protocol: 'UDP' }).cluster).not.toBe(serviceChains(web).cluster);
  });

  it('fit into the 28 characters of a chain name', () => {
    const names = Object.values(serviceChains({ ...web, namespace: 'n'.repeat(63), service: 's'.repeat(63) }));
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(28);
  });
});

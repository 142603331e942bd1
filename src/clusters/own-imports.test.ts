import { describe, expect, it } from '@jest/globals';
import { serviceImport, smallClusterOf } from '../testing/random/clusterset.js';
import { withClusterset } from './mcs.js';

describe('withClusterset', () => {
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'imported',
      namespace: 'shop',
      labels: { 'multicluster.kubernetes.io/service-name': 'web', 'multicluster.kubernetes.io/source-cluster': 'b' },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080 }],
    endpoints: [{ addresses: ['10.2.0.1'], nodeName: 'node-a' }],
  };
  const derived = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'derived-1', namespace: 'shop' },
    spec: { clusterIP: '10.112.0.7', ports: [{ port: 80 }] },
  };
  it.each([
    ['an import with slices', [serviceImport({ ips: ['10.112.0.7'] }), slice], ['web--clusterset'], []],
    ['one without slices', [serviceImport({ ips: ['10.112.0.7'] })], ['web--clusterset'], ['mcs-no-slices']],
    ['one without an address', [serviceImport({}), slice], [], ['mcs-no-address']],
    ['one without ports', [serviceImport({ ips: ['10.112.0.7'], ports: [] }), slice], [], ['mcs-no-ports']],
    ['a headless one', [serviceImport({ type: 'Headless' }), slice], [], []],
    [
      'one that has a derived Service',
      [serviceImport({ ips: ['10.112.0.7'] }), slice, derived],
      ['derived-1'],
      ['mcs-derived'],
    ],
    ['no import', [slice], [], []],
  ] as const)('%s', (_, more, names, codes) => {
    const { snapshot } = smallClusterOf('a', [], { more });
    const { value, diagnostics } = withClusterset(snapshot);
    expect(value.services.map(({ metadata }) => metadata.name)).toEqual(names);
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  it('leaves the slices of the control plane as they are, but for the Service they are of', () => {
    const { snapshot } = smallClusterOf('a', [], { more: [serviceImport({ ips: ['10.112.0.7'] }), slice] });
    const [written, bound] = withClusterset(snapshot).value.slices;
    expect(bound).toEqual({
      ...written,
      metadata: {
        ...written?.metadata,
        labels: { ...written?.metadata.labels, 'kubernetes.io/service-name': 'web--clusterset' },
      },
    });
  });

  it('notes exports that it cannot follow', () => {
    const { snapshot } = smallClusterOf('a', [{ name: 'web' }]);
    expect(withClusterset(snapshot).diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'note mcs-not-imported',
    ]);
  });
});

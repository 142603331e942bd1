/** A snapshot of one Service with many endpoints, in slices of 100 as the endpoint-slice controller makes them. */
import type { Source } from '../../diag.js';

/** `default/web:http` on 10.96.0.1:80 with `endpoints` endpoints from 10.128.0.1 on. */
export function oneService(endpoints: number): Source {
  const metadata = { name: 'web', namespace: 'default' };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'http', port: 80 }] },
  };
  const slices = Array.from({ length: Math.ceil(endpoints / 100) }, (_, i) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, name: `web-${i}`, labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080 }],
    endpoints: Array.from({ length: Math.min(100, endpoints - 100 * i) }, (_, j) => {
      const n = 100 * i + j + 1;
      return { addresses: [`10.128.${n >> 8}.${n & 255}`] };
    }),
  }));
  const items = [service, ...slices];
  return { name: 'large.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) };
}

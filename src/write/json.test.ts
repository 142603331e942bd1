/** JSON, with the addresses in it that it lacked. */
import { describe, expect, it } from '@jest/globals';
import { IP, PORT, written } from '../testing/cases/written.js';

const JSON_SERVICE = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } };
const LIST = {
  apiVersion: 'v1',
  kind: 'ServiceList',
  items: [{ metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } }],
};

describe('JSON', () => {
  it.each([
    [
      'in one line',
      JSON.stringify(JSON_SERVICE),
      `{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{"vipc/synthetic":"spec.clusterIP"},"name":"web"},"spec":{"clusterIP":"${IP}","ports":[{"port":80}]}}`,
    ],
    [
      'with two blanks',
      JSON.stringify(JSON_SERVICE, null, 2),
      `{
  "apiVersion": "v1",
  "kind": "Service",
  "metadata": {
    "annotations": {"vipc/synthetic": "spec.clusterIP"},
    "name": "web"
  },
  "spec": {
    "clusterIP": "${IP}",
    "ports": [
      {
        "port": 80
      }
    ]
  }
}`,
    ],
    [
      'with tabs',
      '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "annotations": {}},\n\t"spec": {\n\t\t"ports": [{"port": 80}]}}\n',
      `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "annotations": {"vipc/synthetic": "spec.clusterIP"}},\n\t"spec": {\n\t\t"clusterIP": "${IP}",\n\t\t"ports": [{"port": 80}]}}\n`,
    ],
    [
      'of a typed list',
      JSON.stringify(LIST),
      `{"apiVersion":"v1","kind":"ServiceList","items":[{"metadata":{"annotations":{"vipc/synthetic":"spec.clusterIP"},"name":"web"},"spec":{"clusterIP":"${IP}","ports":[{"port":80}]}}]}`,
    ],
    [
      'one behind the other',
      `${JSON.stringify(JSON_SERVICE)}\n${JSON.stringify(LIST).replace('web', 'b')}\n`,
      `{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{"vipc/synthetic":"spec.clusterIP"},"name":"web"},"spec":{"clusterIP":"${IP}","ports":[{"port":80}]}}\n{"apiVersion":"v1","kind":"ServiceList","items":[{"metadata":{"annotations":{"vipc/synthetic":"spec.clusterIP"},"name":"b"},"spec":{"clusterIP":"10.104.58.214","ports":[{"port":80}]}}]}\n`,
    ],
    [
      'that has some already',
      '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "annotations": {"vipc/synthetic": "spec.clusterIP"}}, "spec": {"clusterIP": "10.96.0.7", "type": "NodePort", "ports": [{"port": 80, "nodePort": 0}]}}',
      `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "annotations": {"vipc/synthetic": "spec.clusterIP spec.ports[0].nodePort"}}, "spec": {"clusterIP": "10.96.0.7", "type": "NodePort", "ports": [{"port": 80, "nodePort": ${PORT}}]}}`,
    ],
  ])('%s', (_, before, after) => {
    expect(written(before, 'x.json')).toEqual({ text: after, codes: [] });
  });

  it.each([600, 5000])('%i levels deep is refused', (depth) => {
    const admitted = { ...JSON_SERVICE, metadata: { name: 'web', uid: 'u', resourceVersion: '1' } };
    const text = JSON.stringify(admitted).replace('{', `{"x":${'['.repeat(depth)}${']'.repeat(depth)},`);
    expect(written(text, 'x.json')).toEqual({ text, codes: ['cannot-write'] });
  });
});

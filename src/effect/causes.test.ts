/**
 * Effects that are told of the right cause. A port of a Service that gets another number: clients of the old one reach nothing, and the endpoints are there still, at
 * the new one. Modes differ in what the old one does: in iptables mode it is nobody's, in others it is refused.
 */
import { expect, it } from '@jest/globals';
import { rulesOf } from '../packet/desired.js';
import { compileState } from '../pipeline.js';
import { SMALL_OPTIONS, smallCluster } from '../testing/cases/small-cluster.js';
import { effectsBetween, effectsOnNode } from './between.js';

const REFUSED = 'no endpoint left at the addresses that it had: connections are refused';

function compiled(port: number, mode: string, type = 'ClusterIP') {
  const spec = {
    type,
    ports: [{ name: 'tcp', protocol: 'TCP', port, ...(type === 'NodePort' && { nodePort: 31002 }) }],
  };
  const cluster = smallCluster([{ name: 'web', number: 1, ready: ['pod1'], spec }]);
  const { value } = compileState(cluster, { ...SMALL_OPTIONS, mode }, { layout: undefined });
  if (!value) throw new Error('the small cluster does not compile');
  return value;
}

it.each([
  ['iptables', 'no longer served at any address that it had'],
  ['ipvs', REFUSED],
  ['nftables', REFUSED],
])('%s mode', (mode, outage) => {
  const changes = [{ service: 'default/web:tcp', sections: [] }];
  const { effects } = effectsBetween(compiled(80, mode), compiled(81, mode), changes);
  const told = effects.filter(({ family }) => family === 'ipv4').map(({ severity, text }) => `${severity} ${text}`);
  expect(told).toContain(`outage ${outage}`);
  expect(told).toContainEqual(expect.stringMatching(/^gained .*ClusterIP 10\.96\.1\.1:81 /));
});

it.each(['iptables', 'ipvs', 'nftables'])(
  'a host without the Node’s address, %s mode: no node port is gained',
  (mode) => {
    const is = compiled(80, mode, 'NodePort');
    const changes = [{ service: 'default/web:tcp', sections: [] }];
    for (const direction of ['from node', 'to node'] as const) {
      const { effects } = effectsOnNode(rulesOf(is.desired, ['127.0.0.1']), is, changes, direction);
      expect(effects.map(({ text }) => text)).toEqual([]);
    }
  },
);

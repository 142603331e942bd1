import { describe, expect, it } from '@jest/globals';
import { type Row, run } from '../../testing/cases/rows.js';
import { service } from './service.js';

const SERVICE = {
  metadata: { name: 'web' },
  spec: { clusterIP: '10.0.0.1', ports: [{ port: 80 }] },
};

const PORTS = [
  { name: 'a', port: 80, nodePort: 30000 },
  { name: 'b', port: 81, nodePort: 30001 },
];
const DUAL = { 'spec.clusterIPs': ['10.0.0.1', 'fd00::1'] };

const services: Row[] = [
  ['the good one', {}],
  ['a name with a digit first (KEP-5311)', { 'metadata.name': '1web' }],
  ['a name with a dot', { 'metadata.name': 'we.b' }, 'metadata.name must be at most 63'],
  ['a hostile name', { 'metadata.name': 'x" -j ACCEPT\n' }, 'metadata.name must be'],
  ['no name', { 'metadata.name': undefined }, 'metadata needs the field name'],
  ['an empty name', { 'metadata.name': '' }, 'metadata needs the field name'],
  ['generateName alone', { 'metadata.name': null, 'metadata.generateName': 'web-' }, 'metadata needs the field name'],
  ['no metadata', { metadata: null }, 'the object needs the field metadata'],
  ['a namespace', { 'metadata.namespace': 'prod' }],
  ['a bad namespace', { 'metadata.namespace': 'a/b' }, 'metadata.namespace must be'],
  ['a label without a value', { 'metadata.labels': { a: '' } }],
  ['a label key', { 'metadata.labels': { 'a b': '' } }, 'metadata.labels["a b"] has a key'],
  ['a label value', { 'metadata.labels': { a: 'b c' } }, 'metadata.labels.a must be'],
  ['a label that is a number', { 'metadata.labels': { a: 1 } }, 'metadata.labels.a must be a string'],
  ['an annotation', { 'metadata.annotations': { 'X.io/a': 'any "thing"\n' } }],
  ['an annotation key', { 'metadata.annotations': { 'a b': '' } }, 'metadata.annotations["a b"] has a key'],
  ['256 KiB of annotations', { 'metadata.annotations': { a: 'x'.repeat(256 * 1024 - 1) } }],
  [
    'more annotations',
    { 'metadata.annotations': { a: 'ä'.repeat(128 * 1024) } },
    'metadata.annotations must have at most',
  ],
  ['no spec', { spec: undefined }, 'the object needs the field spec'],
  ['every type', { 'spec.type': 'NodePort' }],
  ['another type', { 'spec.type': 'Node' }, 'spec.type must be one of ClusterIP, NodePort'],
  ['no ports', { 'spec.ports': [] }, 'spec needs the field ports'],
  ['headless without ports', { 'spec.ports': [], 'spec.clusterIP': 'None' }],
  [
    'ExternalName without ports',
    { 'spec.ports': [], 'spec.type': 'ExternalName', 'spec.externalName': 'a.b', 'spec.clusterIP': undefined },
  ],
  ['two ports', { 'spec.ports': PORTS, 'spec.type': 'NodePort' }],
  [
    'two ports, one nameless',
    { 'spec.ports': [{ port: 1 }, { port: 2, name: 'b' }] },
    'spec.ports[0] needs the field name',
  ],
  ['port names', { 'spec.ports.0.name': 'A' }, 'spec.ports[0].name must be'],
  [
    'a port name twice',
    {
      'spec.ports': [
        { port: 1, name: 'a' },
        { port: 2, name: 'a' },
      ],
    },
    'spec.ports[1] repeats the name a of entry 0',
  ],
  [
    'a port twice',
    {
      'spec.ports': [
        { port: 1, name: 'a' },
        { port: 1, name: 'b', protocol: 'TCP' },
      ],
    },
    'spec.ports[1] repeats TCP port 1 of entry 0',
  ],
  [
    'a port of two protocols',
    {
      'spec.ports': [
        { port: 1, name: 'a' },
        { port: 1, name: 'b', protocol: 'UDP' },
      ],
    },
  ],
  [
    'a node port twice',
    { 'spec.type': 'NodePort', 'spec.ports': PORTS, 'spec.ports.1.nodePort': 30000 },
    'spec.ports[1] repeats TCP node port 30000',
  ],
  [
    'a node port of a ClusterIP',
    { 'spec.ports.0.nodePort': 30000 },
    'spec.ports[0].nodePort needs type NodePort or LoadBalancer, is ClusterIP',
  ],
  ['node port 0', { 'spec.ports.0.nodePort': 0 }],
  ['no port number', { 'spec.ports.0': {} }, 'spec.ports[0] needs the field port'],
  ['port 0', { 'spec.ports.0.port': 0 }, 'spec.ports[0].port must be a whole number from 1 to 65535, is 0'],
  ['port 65536', { 'spec.ports.0.port': 65536 }, 'spec.ports[0].port must be'],
  ['port "80"', { 'spec.ports.0.port': '80' }, 'spec.ports[0].port must be'],
  ['port 80.5', { 'spec.ports.0.port': 80.5 }, 'spec.ports[0].port must be'],
  ['port -0', { 'spec.ports.0.port': -0 }, 'spec.ports[0].port must be'],
  ['SCTP', { 'spec.ports.0.protocol': 'SCTP' }],
  ['no such protocol', { 'spec.ports.0.protocol': 'tcp' }, 'spec.ports[0].protocol must be one of TCP, UDP, SCTP'],
  ['a target port', { 'spec.ports.0.targetPort': 8080 }],
  ['a named target port', { 'spec.ports.0.targetPort': 'http' }],
  ['target port 65536', { 'spec.ports.0.targetPort': 65536 }, 'spec.ports[0].targetPort must be'],
  ['a bad target port name', { 'spec.ports.0.targetPort': 'a_b' }, 'spec.ports[0].targetPort must be'],
  ['no ClusterIP', { 'spec.clusterIP': '' }],
  ['no such ClusterIP', { 'spec.clusterIP': '10.0.0' }, 'spec.clusterIP must be an IP address, is "10.0.0"'],
  ['none in lower case', { 'spec.clusterIP': 'none' }, 'spec.clusterIP must be'],
  [
    'an unspecified ClusterIP',
    { 'spec.clusterIP': '0.0.0.0' },
    'spec.clusterIP must be an ordinary address, 0.0.0.0 is unspecified',
  ],
  ['a loopback ClusterIP', { 'spec.clusterIP': '127.0.0.1' }, 'spec.clusterIP must be'],
  ['a link-local ClusterIP', { 'spec.clusterIP': 'fe80::1' }, 'spec.clusterIP must be'],
  [
    'a multicast ClusterIP',
    { 'spec.clusterIP': '239.1.1.1' },
    'spec.clusterIP must be an ordinary address, 239.1.1.1 is multicast',
  ],
  ['dual stack', DUAL],
  [
    'three ClusterIPs',
    { 'spec.clusterIPs': ['10.0.0.1', 'fd00::1', '10.0.0.2'] },
    'spec.clusterIPs must have at most 2',
  ],
  ['two of one family', { 'spec.clusterIPs': ['10.0.0.1', '10.0.0.2'] }, 'spec.clusterIPs must be of two families'],
  [
    'a mapped address is IPv4',
    { 'spec.clusterIPs': ['10.0.0.1', '::ffff:10.0.0.2'] },
    'spec.clusterIPs must be of two families',
  ],
  [
    'None and more',
    { 'spec.clusterIP': 'None', 'spec.clusterIPs': ['None', 'fd00::1'] },
    'spec.clusterIPs must be alone',
  ],
  [
    'another first',
    { 'spec.clusterIPs': ['10.0.0.2'] },
    'spec.clusterIP must be the first of clusterIPs, 10.0.0.2, is 10.0.0.1',
  ],
  [
    'clusterIPs alone',
    { ...DUAL, 'spec.clusterIP': null },
    'spec.clusterIP must be the first of clusterIPs, 10.0.0.1, is not given',
  ],
  ['families', { ...DUAL, 'spec.ipFamilies': ['IPv4', 'IPv6'] }],
  ['families of a headless Service', { 'spec.clusterIP': 'None', 'spec.ipFamilies': ['IPv4', 'IPv6'] }],
  [
    'families in the wrong order',
    { ...DUAL, 'spec.ipFamilies': ['IPv6', 'IPv4'] },
    'spec.clusterIPs[0] must be IPv6',
    'spec.clusterIPs[1] must be IPv4',
  ],
  [
    'the wrong family',
    { 'spec.ipFamilies': ['IPv6'] },
    'spec.clusterIP must be IPv6 as ipFamilies[0] says, is 10.0.0.1',
  ],
  ['one family twice', { 'spec.ipFamilies': ['IPv4', 'IPv4'] }, 'spec.ipFamilies must be different'],
  ['no such family', { 'spec.ipFamilies': ['ipv4'] }, 'spec.ipFamilies[0] must be one of IPv4, IPv6'],
  ['no such policy', { 'spec.ipFamilyPolicy': 'Dual' }, 'spec.ipFamilyPolicy must be'],
  [
    'affinity',
    { 'spec.sessionAffinity': 'ClientIP', 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 86400 } } },
  ],
  ['no such affinity', { 'spec.sessionAffinity': 'Client' }, 'spec.sessionAffinity must be one of None, ClientIP'],
  [
    'no timeout',
    { 'spec.sessionAffinity': 'ClientIP', 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 0 } } },
    'spec.sessionAffinityConfig.clientIP.timeoutSeconds must be',
  ],
  [
    'too long',
    { 'spec.sessionAffinity': 'ClientIP', 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 86401 } } },
    'spec.sessionAffinityConfig.clientIP.timeoutSeconds must be',
  ],
  ['an empty policy', { 'spec.externalTrafficPolicy': '' }],
  [
    'no such external policy',
    { 'spec.externalTrafficPolicy': 'local' },
    'spec.externalTrafficPolicy must be one of Cluster, Local',
  ],
  ['no such internal policy', { 'spec.internalTrafficPolicy': 1 }, 'spec.internalTrafficPolicy must be'],
  ['external IPs', { 'spec.externalIPs': ['192.0.2.1', 'fd00::9'] }],
  ['a bad external IP', { 'spec.externalIPs': ['192.0.2.1', 'x'] }, 'spec.externalIPs[1] must be an IP address'],
  ['a loopback external IP', { 'spec.externalIPs': ['127.0.0.1'] }, 'spec.externalIPs[0] must be an ordinary address'],
  ['source ranges', { 'spec.type': 'LoadBalancer', 'spec.loadBalancerSourceRanges': [' 10.1.2.3/8 '] }],
  [
    'an address as a source range',
    { 'spec.type': 'LoadBalancer', 'spec.loadBalancerSourceRanges': ['10.1.2.3'] },
    'spec.loadBalancerSourceRanges[0] must be a network',
  ],
  [
    'source ranges of a ClusterIP',
    { 'spec.loadBalancerSourceRanges': ['10.0.0.0/8'] },
    'spec.loadBalancerSourceRanges needs type LoadBalancer',
  ],
  [
    'a health check port',
    { 'spec.type': 'LoadBalancer', 'spec.externalTrafficPolicy': 'Local', 'spec.healthCheckNodePort': 65535 },
  ],
  ['a bad health check port', { 'spec.healthCheckNodePort': 65536 }, 'spec.healthCheckNodePort must be'],
  ['a selector', { 'spec.selector': { app: 'web' } }],
  ['a bad selector', { 'spec.selector': { 'a b': 'web' } }, 'spec.selector["a b"] has a key'],
  [
    'ingress',
    { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'Proxy' }, { hostname: 'lb.example' }] } } },
  ],
  [
    'a bad ingress address',
    { status: { loadBalancer: { ingress: [{ ip: 'x' }] } } },
    'status.loadBalancer.ingress[0].ip must be',
  ],
  [
    'a bad ingress name',
    { status: { loadBalancer: { ingress: [{ hostname: 'a b' }] } } },
    'status.loadBalancer.ingress[0].hostname must be',
  ],
  [
    'a bad ingress mode',
    { status: { loadBalancer: { ingress: [{ ipMode: 'vip' }] } } },
    'status.loadBalancer.ingress[0].ipMode must be',
  ],
];

describe('Service', () => {
  it.each(services)('%s', (_, changes, ...expected) => {
    const { result, messages } = run(service, SERVICE, changes);
    expect(messages.map((message, i) => message.slice(0, expected[i]?.length))).toEqual(expected);
    expect(result === undefined).toBe(expected.length > 0);
  });
});

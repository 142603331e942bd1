/**
 * Rules of addresses and ports: cases for each condition, beyond the examples of the rules.
 */
import { service, slice } from '../testing/cases/linted.js';
import { ALL, at, BALANCED, balancer, DUAL, itFinds, node, OF_WEB, RANGES } from '../testing/cases/rule-rows.js';

itFinds({
  'vip-conflict': [
    [
      'another protocol',
      [
        balancer(BALANCED, '{ip: 192.0.2.1}', 'a'),
        balancer(
          BALANCED.replace('10.96.0.1', '10.96.0.2')
            .replace('30080', '30081')
            .replace('port: 80', 'protocol: UDP, port: 80'),
          '{ip: 192.0.2.1}',
          'b',
        ),
      ],
      [],
    ],
    [
      'an external IP that is a cluster IP',
      [service('a', ALL), service('b', `${ALL.replace('10.96.0.1', '10.96.0.2')}, externalIPs: [10.96.0.1]`)],
      ['warning at spec.externalIPs[0]'],
    ],
    ['a Service with an address twice', [balancer(`${BALANCED}, externalIPs: [192.0.2.1]`, '{ip: 192.0.2.1}')], []],
    [
      'ipMode Proxy',
      [
        balancer(BALANCED, '{ip: 192.0.2.1}', 'a'),
        balancer(
          BALANCED.replace('10.96.0.1', '10.96.0.2').replace('30080', '30081'),
          '{ip: 192.0.2.1, ipMode: Proxy}',
          'b',
        ),
      ],
      [],
    ],
  ],
  'vip-on-node': [
    [
      'a load balancer at a node, with a port of the node',
      [
        node('node-n', ', status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}'),
        balancer(BALANCED.replace('port: 80', 'port: 6443'), '{ip: 192.0.2.1}'),
      ],
      ['warning at status.loadBalancer.ingress'],
    ],
    [
      'a load balancer at a node, with another',
      [
        node('node-n', ', status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}'),
        balancer(BALANCED, '{ip: 192.0.2.1}'),
      ],
      [],
    ],
  ],
  'vip-on-pod': [
    [
      'the wider of two ranges',
      [node('a', ', spec: {podCIDR: 10.97.0.0/24}'), node('b', ', spec: {podCIDR: 10.96.0.0/16}'), service('web', ALL)],
      ['warning at spec.clusterIP'],
    ],
    ['a range of another family', [node('a', ', spec: {podCIDR: "fd00::/64"}'), service('web', ALL)], []],
  ],
  'source-ranges-family': [
    ['one family', [service('web', RANGES('192.0.2.0/24'))], []],
    [
      'two families, and no load balancer yet',
      [service('web', RANGES('192.0.2.0/24').replace('clusterIP: 10.96.0.1', DUAL))],
      ['warning at spec.loadBalancerSourceRanges'],
    ],
    [
      'two families, and a load balancer of one',
      [balancer(RANGES('192.0.2.0/24').replace('clusterIP: 10.96.0.1', DUAL), '{ip: 192.0.2.1}')],
      [],
    ],
  ],
  'source-ranges-unused': [
    [
      'a load balancer with a name',
      [balancer(RANGES('192.0.2.0/24'), '{hostname: lb.example.com}')],
      ['warning at spec.loadBalancerSourceRanges'],
    ],
    [
      'a load balancer with both',
      [balancer(RANGES('192.0.2.0/24'), '{hostname: lb.example.com}, {ip: 192.0.2.1}')],
      [],
    ],
    [
      'one range twice',
      [service('web', RANGES('192.0.2.0/24', '192.0.2.0/24'))],
      ['warning at spec.loadBalancerSourceRanges[1]'],
    ],
    ['neighbours', [service('web', RANGES('192.0.2.0/25', '192.0.2.128/25'))], []],
  ],
  'node-port-ephemeral': [
    ['the last before', [service('web', BALANCED.replace('30080', '32767'))], []],
    ['the first', [service('web', BALANCED.replace('30080', '32768'))], ['warning at spec.ports[0].nodePort']],
    ['the last', [service('web', BALANCED.replace('30080', '60999'))], ['warning at spec.ports[0].nodePort']],
    ['the first behind', [service('web', BALANCED.replace('30080', '61000'))], []],
    [
      'of health checks',
      [service('web', `${BALANCED}, externalTrafficPolicy: Local, healthCheckNodePort: 40000`)],
      ['warning at spec.healthCheckNodePort'],
    ],
  ],
  'node-port-of-node': [
    [
      'of another protocol',
      [service('web', BALANCED.replace('port: 80', 'protocol: UDP, port: 80').replace('30080', '10250'))],
      [],
    ],
    [
      'of health checks',
      [service('web', `${BALANCED}, externalTrafficPolicy: Local, healthCheckNodePort: 10256`)],
      ['warning at spec.healthCheckNodePort'],
    ],
  ],
  'endpoint-is-cluster-ip': [
    [
      'of a headless Service',
      [service('a', ALL), service('web', 'clusterIP: None, ports: [{port: 80}]'), slice('s', OF_WEB, at('10.96.0.1'))],
      [],
    ],
    [
      'as Endpoints',
      [
        service('a', ALL),
        service('web', ALL.replace('0.1', '0.2')),
        '{apiVersion: v1, kind: Endpoints, metadata: {name: web}, subsets: [{addresses: [{ip: 10.96.0.1}], ports: [{name: http, port: 80}]}]}',
      ],
      ['warning at subsets'],
    ],
  ],
});

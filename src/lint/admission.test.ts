/**
 * Rules of NetworkPolicies: cases for each condition, beyond the examples of the rules.
 */
import { deployment, itFinds, policy, SELECTING } from '../testing/cases/rule-rows.js';

itFinds({
  'policy-admits-nobody': [
    ['of Egress alone', [SELECTING, deployment('app: web'), policy('policyTypes: [Egress]')], []],
    [
      'and another that admits',
      [SELECTING, deployment('app: web'), policy('ingress: []'), policy('ingress: [{}]', 'q')],
      [],
    ],
    ['and no Pods', [SELECTING, policy('ingress: []')], ['warning at spec.selector']],
    ['for other Pods', [SELECTING, deployment('app: web'), policy('ingress: []').replace('app: web', 'app: db')], []],
    [
      'for some of the Pods',
      [
        SELECTING,
        deployment('app: web, tier: a'),
        deployment('app: web, tier: b').replace('name: d', 'name: e'),
        policy('ingress: []').replace('app: web', 'tier: a'),
      ],
      [],
    ],
  ],
  'policy-port': [
    [
      'the port of the Service',
      [SELECTING, deployment('app: web'), policy('ingress: [{ports: [{port: 80}]}]')],
      ['warning at spec.ports[0]'],
    ],
    ['a range', [SELECTING, deployment('app: web'), policy('ingress: [{ports: [{port: 8000, endPort: 9000}]}]')], []],
    [
      'a range that ends before',
      [SELECTING, deployment('app: web'), policy('ingress: [{ports: [{port: 8000, endPort: 8079}]}]')],
      ['warning at spec.ports[0]'],
    ],
    ['the name of the port', [SELECTING, deployment('app: web'), policy('ingress: [{ports: [{port: http}]}]')], []],
    [
      'the name of another',
      [SELECTING, deployment('app: web'), policy('ingress: [{ports: [{port: metrics}]}]')],
      ['warning at spec.ports[0]'],
    ],
    ['a name, and no Pods that are known', [SELECTING, policy('ingress: [{ports: [{port: http}]}]')], []],
    [
      'another protocol',
      [SELECTING, deployment('app: web'), policy('ingress: [{ports: [{protocol: UDP, port: 8080}]}]')],
      ['warning at spec.ports[0]'],
    ],
    [
      'all ports of a protocol',
      [SELECTING, deployment('app: web'), policy('ingress: [{ports: [{protocol: TCP}]}]')],
      [],
    ],
    [
      'a number, for a target port by name',
      [SELECTING.replace('8080', 'http'), deployment('app: web'), policy('ingress: [{ports: [{port: 8080}]}]')],
      [],
    ],
    [
      'another number, for a target port by name',
      [SELECTING.replace('8080', 'http'), deployment('app: web'), policy('ingress: [{ports: [{port: 80}]}]')],
      ['warning at spec.ports[0]'],
    ],
    [
      'in another policy',
      [
        SELECTING,
        deployment('app: web'),
        policy('ingress: [{ports: [{port: 80}]}]'),
        policy('ingress: [{ports: [{port: 8080}]}]', 'q'),
      ],
      [],
    ],
  ],
  'policy-outside': [
    ['type ClusterIP', [SELECTING, deployment('app: web'), policy('ingress: [{from: [{podSelector: {}}]}]')], []],
    [
      'anyone',
      [SELECTING.replace('selector', 'type: NodePort, selector'), deployment('app: web'), policy('ingress: [{}]')],
      [],
    ],
    [
      'Pods',
      [
        SELECTING.replace('selector', 'type: NodePort, selector'),
        deployment('app: web'),
        policy('ingress: [{from: [{namespaceSelector: {}}]}]'),
      ],
      ['warning at spec.ports[0]'],
    ],
    [
      'Pods or addresses',
      [
        SELECTING.replace('selector', 'type: NodePort, selector'),
        deployment('app: web'),
        policy('ingress: [{from: [{podSelector: {}}, {ipBlock: {cidr: 0.0.0.0/0}}]}]'),
      ],
      [],
    ],
  ],
});

/**
 * Reviews of two tables of ServicePorts: one line for each change.
 */
import { describe, expect, it } from '@jest/globals';
import { parseResolved } from '../resolve/print.js';
import { printReview } from './print.js';
import { difference, isSame, type Review, ruleDifference } from './review.js';

const TABLE = `IPv4 on node node-a, zone zone-1: 1 ServicePort

default/shop:http TCP
  FRONTEND        ADDRESS           POLICY   MASQUERADE   GOES TO
  ClusterIP       10.96.0.9:80      Cluster  never        2 endpoints of Cluster
  LoadBalancerIP  192.0.2.9:80      Cluster  off-cluster  2 endpoints of Cluster
  NodePort        *:30080           Cluster  always       2 endpoints of Cluster
  ENDPOINT       SETS     STATE
  10.1.1.1:8080  Cluster  ready, this node
  10.1.2.1:8080  Cluster  ready, node node-b
`;

const MEANING = { '+': 'only in B', '-': 'only in A' };

/** The summary of the differences of two tables. */
function summary(before: string, after: string): readonly string[] {
  const side = (text: string) => ({ resolved: parseResolved(text), sections: [] });
  const found = difference(side(before), side(after));
  const review: Review = { meaning: MEANING, synthetic: false, nodes: [''], groups: [{ nodes: [''], ...found }] };
  const lines = [...printReview(review, (_, text) => text)];
  return isSame(found) ? [] : (lines.join('\n').split('\n\n')[0]?.split('\n') ?? []);
}

const all = (from: RegExp, to: string) => (text: string) => text.replace(from, to);
const LINES = TABLE.split('\n');
const without = (wanted: RegExp) => (text: string) =>
  text
    .split('\n')
    .filter((line) => !wanted.test(line))
    .join('\n');

describe('a change of', () => {
  it.each<[string, (text: string) => string, readonly string[]]>([
    ['nothing', (text) => text, []],
    ['widths alone', all(/ {3,}(?=\S)/g, '        '), []],
    ['the port', all(/(?<=[0-9]):80 /g, ':8081 '), ['port 80 → 8081']],
    ['the cluster IP', all(/10\.96\.0\.9/, '10.96.0.8'), ['cluster IP 10.96.0.9 → 10.96.0.8']],
    ['the node port', all(/30080/, '30081'), ['node port 30080 → 30081']],
    ['the type', without(/NodePort|Balancer/), ['load-balancer IP - 192.0.2.9; node port - 30080']],
    ['the target port', all(/:8080/g, ':8081'), ['target port 8080 → 8081']],
    ['the protocol', all(/TCP/, 'UDP'), ['protocol TCP → UDP']],
    [
      'the policy',
      all(/Cluster (.*)2 endpoints of Cluster(?=\n {2}(?:Node|END))/g, 'Local   $11 endpoint of Local'),
      ['policy Cluster → Local (LoadBalancerIP, NodePort)'],
    ],
    ['an endpoint', all(/10\.1\.2\.1/, '10.1.2.2'), ['endpoints + 10.1.2.2:8080 - 10.1.2.1:8080']],
    [
      'the state of endpoints',
      all(/ready,/g, 'terminating, still serving,'),
      [
        'state ready, this node → terminating, still serving, this node (10.1.1.1:8080)',
        'state ready, node node-b → terminating, still serving, node node-b (10.1.2.1:8080)',
      ],
    ],
    [
      'all endpoints',
      (text) => without(/ENDPOINT|10\.1\./)(text).replace(/2 endpoints of Cluster/g, 'REJECT: no endpoints'),
      [
        'traffic 2 endpoints of Cluster → refused: no endpoint (ClusterIP, LoadBalancerIP, NodePort)',
        'endpoints - 10.1.1.1:8080, 10.1.2.1:8080',
      ],
    ],
    [
      'source ranges',
      all(/(192.*2 endpoints of Cluster)/, '$1, for clients in 192.0.2.0/24'),
      ['clients all → 192.0.2.0/24 (LoadBalancerIP)'],
    ],
    ['masquerading', all(/never/, 'off-cluster'), ['masquerade never → off-cluster (ClusterIP)']],
    [
      'what is made up',
      all(/10\.96\.0\.9:80/, '10.96.0.9:80 (synthetic)'),
      ['origin given → synthetic (10.96.0.9:80)'],
    ],
    [
      'session affinity',
      (text) => `${text}  session affinity: a client keeps its endpoint for 600 s\n`,
      ['session affinity + a client keeps its endpoint for 600 s'],
    ],
    ['an unknown line', (text) => `${text}  colour\n`, ['colour + yes']],
  ])('%s', (_, change, expected) => {
    const lines = summary(TABLE, change(TABLE));
    expect(lines.map((line) => line.replace(/^~ default\/shop:http {2}| {4}/, ''))).toEqual(expected);
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {4}\S/);
    expect(summary(change(TABLE), TABLE)).toHaveLength(expected.length);
  });

  it('a whole ServicePort', () => {
    const empty = LINES.slice(0, 2).join('\n');
    const all = ['10.96.0.9:80; load-balancer IP 192.0.2.9:80', '    node port 30080; 2 endpoints'];
    expect(summary(empty, TABLE)).toEqual([`+ default/shop:http  ${all[0]}`, all[1]]);
    expect(summary(TABLE, empty)).toEqual([`- default/shop:http  ${all[0]}`, all[1]]);
  });

  it('the node', () => {
    expect(summary(TABLE, TABLE.replace('zone-1', 'zone-2'))).toEqual(['~ node node-a  zone zone-1 → zone-2']);
  });

  it('a family, and of both families once', () => {
    const both = `${TABLE}\n${TABLE.replace('IPv4', 'IPv6').replaceAll(/10\.96\.0\.9|192\.0\.2\.9/g, '[fd00::9]')}`;
    expect(summary(TABLE, both)[0]).toBe('~ default/shop:http  IPv6 + [fd00::9]:80, [fd00::9]:80, *:30080');
    expect(summary(both, both.replaceAll('30080', '30081'))).toEqual(['~ default/shop:http  node port 30080 → 30081']);
  });
});

describe('of a live node', () => {
  it('says what + and - mean in every line', () => {
    const sections = (kinds: readonly ('+' | '-')[]) => [
      { title: 'nat X', lines: kinds.map((kind) => ({ kind, text: 'x' })) },
    ];
    const found = ruleDifference([
      { service: 'a/gone', sections: sections(['-']) },
      { service: 'a/new', sections: sections(['+', '+']) },
      { sections: sections(['+', '-']) },
    ]);
    const meaning = { '+': 'missing on this node', '-': 'not wanted' };
    const review = { meaning, synthetic: false, nodes: [''], groups: [{ nodes: [''], ...found }] };
    const lines = [...printReview(review, (_, text) => text)];
    expect(lines.slice(0, 6)).toEqual([
      '- a/gone  rules: 1 line not wanted',
      '+ a/new  rules: 2 lines missing on this node',
      '~ (no Service)  rules: 1 line missing on this node, 1 line not wanted',
      '',
      '2 ServicePorts and lines of no Service: 3 lines added, 2 removed',
      '+ missing on this node, - not wanted',
    ]);
  });
});

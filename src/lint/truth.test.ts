/**
 * Findings of lint about Local policies and families, compared with the ServicePorts that rules are compiled from:
 * separate code for the same slices, which other tests compare with dumps of kube-proxy.
 */
import { describe, expect, it } from '@jest/globals';
import { front } from '../front.js';
import { compileState } from '../pipeline.js';
import { caseInput, cases } from '../testing/cases/cases.js';

type CaseInput = ReturnType<typeof caseInput>;

const TOPICS = ['conformance', 'external', 'terminating', 'topology', 'config'];

/** Dropped packets of a Local policy by the findings, as `Service default/web internalTrafficPolicy node-a`. */
function saidOf({ sources }: CaseInput, nodes: readonly string[]): readonly string[] {
  const { diagnostics } = front(sources, { remarks: ['suspect'], rules: 'all' });
  return diagnostics
    .filter(({ code }) => code === 'local-without-endpoints')
    .flatMap(({ origin, message }) => {
      const [, listed] = /\((.*)\)/.exec(message) ?? [];
      const where = listed === undefined ? nodes : listed.split(', ');
      return where.map((node) => `${origin?.object} ${origin?.path[1]} ${node}`);
    });
}

/** The same by the ServicePorts of the node: frontends with policy Local that drop packets without a local endpoint. */
function droppedOn({ sources, options }: CaseInput, node: string): readonly string[] {
  const { value } = compileState(sources, { ...options, mode: 'iptables', nodeName: node }, {});
  const drops = new Set<string>();
  for (const { ports } of value?.resolved ?? []) {
    for (const { origin, frontends } of ports) {
      for (const { kind, policy, whenEmpty } of frontends) {
        if (policy !== 'Local') continue;
        const key = `${origin.object} ${kind === 'ClusterIP' ? 'internal' : 'external'}TrafficPolicy ${node}`;
        if (whenEmpty === 'drop') drops.add(key);
      }
    }
  }
  return [...drops];
}

describe.each(TOPICS.flatMap((topic) => cases(topic)))('$name', (found) => {
  const input = caseInput(found);
  const { cluster } = front(input.sources, { remarks: [] }).value;
  const nodes = cluster.nodes.map(({ metadata }) => metadata.name);
  // Health checks keep a load balancer away from nodes without endpoints.
  const checked = new Set(
    cluster.services
      .filter(({ spec }) => spec.type === 'LoadBalancer' && spec.externalIPs.length === 0)
      .map(({ origin }) => `${origin.object} externalTrafficPolicy`),
  );
  const isChecked = (key: string) => checked.has(key.split(' ').slice(0, 3).join(' '));

  it('Local policies drop where lint says it', () => {
    const dropped = nodes.flatMap((node) => droppedOn(input, node)).filter((key) => !isChecked(key));
    const said = saidOf(input, nodes).filter((key) => !isChecked(key));
    expect([...new Set(said)].sort()).toEqual([...new Set(dropped)].sort());
  });
});

it('some of the cases drop', () => {
  const all = TOPICS.flatMap((topic) => cases(topic)).flatMap((found) => saidOf(caseInput(found), ['node-a']));
  expect(all.length).toBeGreaterThan(20);
});

it('a family without endpoints is refused', () => {
  let findings = 0;
  for (const found of cases('conformance')) {
    const { sources, options } = caseInput(found);
    const { diagnostics, value } = front(sources, { remarks: ['suspect'], rules: 'all' });
    const [node] = value.cluster.nodes;
    for (const { origin, message } of diagnostics.filter(({ code }) => code === 'family-without-endpoints')) {
      const nodeName = node?.metadata.name ?? '';
      const { value: compiled } = compileState(sources, { ...options, mode: 'iptables', nodeName }, {});
      const ports = (compiled?.resolved ?? []).flatMap((each) => each.ports);
      const frontends = ports.flatMap((port) => (port.origin.object === origin?.object ? port.frontends : []));
      const refused = frontends.filter(({ ip, whenEmpty }) => message.includes(` ${ip} `) && whenEmpty === 'reject');
      expect(refused.length).toBeGreaterThan(0);
      findings++;
    }
  }
  expect(findings).toBeGreaterThan(3);
});

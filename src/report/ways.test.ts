/**
 * ways: a drawing has what the evaluator says, and no connection gets lost in it.
 */
import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { type Fraction, plus, toNumber, ZERO } from '../packet/fraction.js';
import { answerOf } from '../packet/verdict.js';
import { caseInput, cases } from '../testing/cases/cases.js';
import { sample } from '../testing/run/extent.js';
import { choicesOf, onNodeOf, subjectOf } from './service.js';
import type { Ways } from './ways.js';

const MODES: readonly (readonly [mode: string, layout?: string])[] = [
  ['iptables', 'kube-proxy'],
  ['ipvs'],
  ['nftables', 'kube-proxy'],
  ['nftables', 'fast'],
];

const END = /^(?:endpoint|stopped|untouched|more)$/;

/** The share that comes in or goes out of each node that is neither the first nor an end. */
function lost({ nodes, edges }: Ways): readonly string[] {
  const sum = (shares: readonly Fraction[]) => toNumber(shares.reduce(plus, ZERO));
  const into = (id: string) => sum(edges.filter(({ to }) => to === id).map(({ share }) => share));
  const outOf = (id: string) => sum(edges.filter(({ from }) => from === id).map(({ share }) => share));
  return nodes.flatMap(({ id, kind }) => {
    const [comes, goes] = [kind === 'client' ? 1 : into(id), END.test(kind) ? into(id) : outOf(id)];
    return Math.abs(comes - goes) < 1e-9 ? [] : [`${id}: ${comes} comes, ${goes} goes`];
  });
}

describe.each(MODES)('in mode %s, layout %s', (mode, layout) => {
  it('no connection is lost, and the endpoints are the evaluator’s', () => {
    let drawings = 0;
    for (const each of sample(cases(), 6, `ways ${mode} ${layout}`, 40)) {
      const { sources, options } = caseInput(each);
      const { value: snapshot } = readCluster(sources, { skipInvalid: true });
      const data = { title: '', version: '', namespace: 'default', domain: 'cluster.local', mentioned: [], said: [] };
      const report = { snapshot, data: { ...data, options: { ...options, mode }, layout } };
      for (const service of snapshot.services) {
        const subject = subjectOf(report, service);
        const on = onNodeOf(subject, subject.nodes[0] ?? '');
        for (const { packet, ways } of on ? choicesOf(subject, on) : []) {
          const drawn = ways();
          if (!drawn || !packet || !on || drawn.depends.length > 0) continue;
          drawings++;
          const { results } = answerOf(on.evaluator.evaluate(packet));
          const ends = results.flatMap(({ verdict, address = '' }) => (verdict === 'DNAT' ? [address] : []));
          const boxes = drawn.nodes
            .filter(({ kind }) => kind === 'endpoint')
            .map(({ label }) => label.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
          expect({ service: service.metadata.name, lost: lost(drawn) }).toEqual({
            service: service.metadata.name,
            lost: [],
          });
          if (!drawn.nodes.some(({ kind }) => kind === 'more'))
            expect([...new Set(boxes)].sort()).toEqual([...new Set(ends)].sort());
        }
      }
    }
    expect(drawings).toBeGreaterThan(0);
  });
});

/**
 * Every conformance case with Pods instead of its EndpointSlices gives the same rules.
 */
import { describe, expect, it } from '@jest/globals';
import { compileSnapshot } from '../pipeline.js';
import { readSnapshot } from '../read/snapshot.js';
import { caseInput, conformanceCases } from '../testing/cases/cases.js';
import { programText } from '../testing/cases/compiled.js';
import { podify } from '../testing/random/podify.js';
import { AS_IT_IS, complete } from './complete.js';

/** Removes hints: they were drawn at random, so no Pods produce them. */
const ASTRAY = 'an endpoint that is not for the zone it is in';
const SOME = 'hints for some ready endpoints only';
const IMPOSSIBLE: Readonly<Record<string, readonly string[]>> = {
  'conformance/random-01': [`kube-system/queue-2: ${ASTRAY}`],
  'conformance/random-02': [`kube-system/auth-4: ${ASTRAY}`],
  'conformance/random-04': [`prod/web-1: ${SOME}`, `prod/web-1: ${ASTRAY}`, `prod/auth-6: ${ASTRAY}`],
  'conformance/random-07': [`kube-system/web-10: ${SOME}`, `kube-system/web-10: ${ASTRAY}`],
};

describe.each(conformanceCases())('$name', (found) => {
  const { sources, options } = caseInput(found);
  const { value: snapshot } = readSnapshot(sources);
  const { snapshot: podified, original, impossible } = podify(snapshot, options.nodeName);
  const completed = complete(podified, AS_IT_IS).value;

  it('has hints that Pods lead to', () => expect(impossible).toEqual(IMPOSSIBLE[found.name] ?? []));

  it('has no slices of its own', () => {
    expect(podified.slices).toEqual([]);
    expect(completed.slices.every(({ synthetic }) => synthetic)).toBe(true);
  });

  it.each(['iptables', 'ipvs', 'nftables'])('has the same rules in %s mode', (mode) => {
    const rules = (from: typeof snapshot) => programText(compileSnapshot(from, { ...options, mode }, {}).value);
    expect(rules(completed)).toBe(rules(original));
  });
});

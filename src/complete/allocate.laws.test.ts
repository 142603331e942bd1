/**
 * allocate: laws for any Services in any order, with any of their values given, in ranges that may be nearly full.
 * fast-check prints the seed of a failure.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contains, parseCidr, parseIp } from '../ip.js';
import { EMPTY_SNAPSHOT, keyOf, type Service } from '../read/types.js';
import { type Situation, situations } from '../testing/random/situations.js';
import { often } from '../testing/run/extent.js';
import { allocate } from './allocate.js';

function run({ services, cidrs, nodePorts }: Situation) {
  const serviceCIDRs = cidrs.flatMap((text) => parseCidr(text) ?? []);
  return allocate({ ...EMPTY_SNAPSHOT, services }, { serviceCIDRs, nodePorts, allocate: true });
}

const nodePortsOf = ({ spec }: Service) =>
  new Set([...spec.ports.map(({ nodePort }) => nodePort), spec.healthCheckNodePort].filter((port) => port !== 0));

const law = (check: (situation: Situation) => void) =>
  fc.assert(fc.property(situations, check), { numRuns: often(300) });

describe('whatever Services there are', () => {
  it('the order does not matter', () => {
    const shuffled = situations.chain((situation) =>
      fc
        .shuffledSubarray([...situation.services], { minLength: situation.services.length })
        .map((services) => [situation, { ...situation, services }] as const),
    );
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        const sorted = (situation: Situation) =>
          run(situation).value.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
        expect(sorted(other)).toEqual(sorted(one));
        const messages = (situation: Situation) =>
          run(situation)
            .diagnostics.map(({ message }) => message)
            .sort();
        expect(messages(other)).toEqual(messages(one));
      }),
      { numRuns: often(300) },
    );
  });

  it('no two have one address, or one node port of any protocol', () => {
    law((situation) => {
      const { value } = run(situation);
      const ips = value.flatMap(({ spec }) => spec.clusterIPs);
      expect(new Set(ips).size).toBe(ips.length);
      const numbers = value.flatMap((each) => [...nodePortsOf(each)]);
      expect(new Set(numbers).size).toBe(numbers.length);
    });
  });

  it('no Service has a node port and protocol twice', () => {
    law((situation) => {
      for (const { spec } of run(situation).value) {
        const keys = spec.ports
          .filter(({ nodePort }) => nodePort !== 0)
          .map(({ nodePort, protocol }) => `${protocol} ${nodePort}`);
        expect(new Set(keys).size).toBe(keys.length);
      }
    });
  });

  it('all is of the ranges', () => {
    law((situation) => {
      const { first, last } = situation.nodePorts;
      for (const each of run(situation).value) {
        for (const text of each.spec.clusterIPs) {
          const ip = parseIp(text);
          expect(situation.cidrs.some((cidr) => contains(parseCidr(cidr) ?? never(), ip ?? never()))).toBe(true);
        }
        for (const port of nodePortsOf(each)) expect(port >= first && port <= last).toBe(true);
      }
    });
  });

  it('what is given stays', () => {
    law((situation) => {
      const { value } = run(situation);
      for (const [i, { spec }] of situation.services.entries()) {
        expect(value[i]?.spec.clusterIPs).toEqual(expect.arrayContaining([...spec.clusterIPs]));
        for (const [j, { nodePort }] of spec.ports.entries()) {
          if (nodePort !== 0) expect(value[i]?.spec.ports[j]?.nodePort).toBe(nodePort);
        }
      }
    });
  });

  it('allocated says exactly what is new, and a note each why', () => {
    law((situation) => {
      const { value, diagnostics } = run(situation);
      for (const [i, { spec, allocated }] of value.entries()) {
        const old = situation.services[i] ?? never();
        expect(allocated?.clusterIPs ?? []).toEqual(
          expect.arrayContaining(spec.clusterIPs.filter((ip) => !old.spec.clusterIPs.includes(ip))),
        );
        const made = [...new Set(spec.ports.map(({ nodePort }) => nodePort))].filter(
          (port) => port !== 0 && !old.spec.ports.some(({ nodePort }) => nodePort === port),
        );
        expect([...(allocated?.nodePorts ?? [])].sort()).toEqual(made.sort());
        expect(allocated?.healthCheckNodePort ?? false).toBe(spec.healthCheckNodePort !== 0);
        const notes = diagnostics.filter(
          ({ code, origin }) => code === 'allocated' && origin?.object === old.origin.object,
        );
        for (const ip of allocated?.clusterIPs ?? [])
          expect(notes[0]?.message).toContain(`cluster IP ${ip} (synthetic: `);
        for (const port of made) expect(notes[0]?.message).toContain(`node port ${port} for port `);
        if (allocated) expect(notes.length).toBe(1);
      }
    });
  });

  it('a value is missing just where an error says that the range is full', () => {
    law((situation) => {
      const { value, diagnostics } = run(situation);
      const complained = (code: string) =>
        new Set(diagnostics.filter((each) => each.code === code).map(({ origin }) => origin?.object));
      const without = (lacks: (service: Service) => boolean) =>
        new Set(value.filter(lacks).map(({ origin }) => origin.object));
      const wanted = ({ spec }: Service) => (spec.ipFamilyPolicy === 'SingleStack' ? 1 : 2);
      expect(complained('cluster-ips-exhausted')).toEqual(
        without((each) => each.spec.clusterIPs.length < wanted(each)),
      );
      const lacksPort = ({ spec }: Service) =>
        (spec.type !== 'ClusterIP' && spec.ports.some(({ nodePort }) => nodePort === 0)) ||
        (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local' && spec.healthCheckNodePort === 0);
      expect(complained('node-ports-exhausted')).toEqual(without(lacksPort));
      expect(diagnostics.filter(({ severity, code }) => severity === 'error' && !code.endsWith('-exhausted'))).toEqual(
        [],
      );
    });
  });

  it('once allocated, there is nothing to allocate', () => {
    law((situation) => {
      const first = run(situation);
      if (first.diagnostics.some(({ severity }) => severity === 'error')) return;
      const services = first.value.map(({ allocated: _, ...rest }) => rest);
      const again = run({ ...situation, services });
      expect(again.value).toEqual(services);
      expect(again.diagnostics).toEqual([]);
    });
  });

  it('a new one moves another only to make room', () => {
    const grown = fc.tuple(situations, fc.stringMatching(/^new[a-z]{1,5}$/));
    fc.assert(
      fc.property(grown, ([situation, name]) => {
        const [model] = situation.services;
        if (!model) return;
        const blank = {
          ...model.spec,
          clusterIPs: [],
          type: 'ClusterIP' as const,
          ipFamilyPolicy: 'SingleStack' as const,
        };
        const added: Service = { ...model, metadata: { ...model.metadata, name }, spec: { ...blank, ports: [] } };
        const before = run(situation).value;
        const after = run({ ...situation, services: [...situation.services, added] }).value;
        const own = after.at(-1)?.spec.clusterIPs ?? [];
        const held = new Set(before.flatMap(({ spec }) => spec.clusterIPs));
        const moved = before.filter(({ spec }, i) => spec.clusterIPs.join() !== after[i]?.spec.clusterIPs.join());
        if (!own.some((ip) => held.has(ip))) expect(moved.map(keyOf)).toEqual([]);
        const now = new Set(after.flatMap(({ spec }) => spec.clusterIPs));
        for (const ip of held) expect(now.has(ip)).toBe(true);
        expect(before.map(({ spec }) => spec.ports)).toEqual(after.slice(0, -1).map(({ spec }) => spec.ports));
      }),
      { numRuns: often(300) },
    );
  });
});

function never(): never {
  throw new Error('an address of a test that is none');
}

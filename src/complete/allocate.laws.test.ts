/**
 * allocate: what holds for any Services, of any order, with any part of their values given, in ranges that are nearly full
 * or not. fast-check prints the seed of what fails.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contains, parseCidr, parseIp } from '../ip.js';
import { keyOf, NOTHING, type Service, type ServicePortSpec } from '../read/types.js';
import { allocate } from './allocate.js';

const CIDRS = ['10.9.0.0/29', '10.9.0.0/28', '10.9.0.0/24', '10.8.0.0/16', '10.0.0.0/12'] as const;
const CIDRS6 = ['fd09::/124', 'fd09::/112', 'fd09::/108', 'fd09::/64'] as const;

const protocol = fc.constantFrom('TCP' as const, 'UDP' as const);
const ports = fc.uniqueArray(
  fc.record({ port: fc.constantFrom(53, 80, 443), protocol, asks: fc.integer({ min: 0, max: 3 }) }),
  { minLength: 1, maxLength: 3, selector: ({ port, protocol }) => `${protocol} ${port}` },
);
const shape = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/),
  type: fc.constantFrom('ClusterIP' as const, 'NodePort' as const, 'LoadBalancer' as const),
  policy: fc.constantFrom('SingleStack' as const, 'PreferDualStack' as const),
  local: fc.boolean(),
  /** Which of its addresses it asks for, if any. */
  asks: fc.constantFrom('', '', 'IPv4', 'IPv6', 'both'),
  ports,
});

interface Situation {
  readonly services: readonly Service[];
  readonly cidrs: readonly string[];
  readonly nodePorts: { readonly first: number; readonly last: number };
}

/** Services that ask for the last addresses and node ports of the ranges, each for its own. */
const situations: fc.Arbitrary<Situation> = fc
  .record({
    shapes: fc.uniqueArray(shape, { maxLength: 14, selector: ({ name }) => name }),
    cidr: fc.constantFrom(...CIDRS),
    cidr6: fc.constantFrom(...CIDRS6),
    size: fc.constantFrom(8, 20, 200, 2768),
  })
  .map(({ shapes, cidr, cidr6, size }) => {
    const nodePorts = { first: 30000, last: 30000 + size - 1 };
    let next = nodePorts.last;
    const services = shapes.map((made, i) => {
      const external = made.type !== 'ClusterIP';
      const own = made.ports.map(({ port, protocol, asks }, j): ServicePortSpec => {
        const nodePort = external && asks === 0 && next > nodePorts.first ? next-- : 0;
        return { name: `p${j}`, port, protocol, nodePort, targetPort: port };
      });
      const v4 = made.asks === 'IPv4' || made.asks === 'both' ? [`${cidr.split('.', 2).join('.')}.0.${i + 1}`] : [];
      const v6 = made.asks === 'IPv6' || made.asks === 'both' ? [`fd09::${(i + 1).toString(16)}`] : [];
      const fits = (ip: string) => !cidr.endsWith('/29') || ip.includes(':') || i < 6;
      return service(made, own, [...v4, ...v6].filter(fits));
    });
    return { services, cidrs: [cidr, cidr6], nodePorts };
  });

function service(
  made: typeof shape extends fc.Arbitrary<infer T> ? T : never,
  own: readonly ServicePortSpec[],
  clusterIPs: readonly string[],
): Service {
  return {
    metadata: { name: made.name, namespace: 'default', labels: {}, annotations: {} },
    spec: {
      type: made.type,
      clusterIPs,
      ipFamilies: [],
      ipFamilyPolicy: made.asks === 'both' ? 'PreferDualStack' : made.policy,
      ports: own,
      sessionAffinity: 'None',
      affinityTimeoutSeconds: 10800,
      externalTrafficPolicy: made.local ? 'Local' : 'Cluster',
      internalTrafficPolicy: 'Cluster',
      externalIPs: [],
      loadBalancerSourceRanges: [],
      healthCheckNodePort: 0,
      allocateLoadBalancerNodePorts: true,
      externalName: '',
      publishNotReadyAddresses: false,
    },
    status: { loadBalancer: { ingress: [] } },
    origin: {
      source: { name: 'x', text: '' },
      document: 0,
      base: [],
      path: [],
      object: `Service default/${made.name}`,
    },
  };
}

function run({ services, cidrs, nodePorts }: Situation) {
  const serviceCIDRs = cidrs.flatMap((text) => parseCidr(text) ?? []);
  return allocate({ ...NOTHING, services }, { serviceCIDRs, nodePorts, allocate: true });
}

const nodePortsOf = ({ spec }: Service) =>
  new Set([...spec.ports.map(({ nodePort }) => nodePort), spec.healthCheckNodePort].filter((port) => port !== 0));

const law = (check: (situation: Situation) => void) => fc.assert(fc.property(situations, check), { numRuns: 300 });

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
      { numRuns: 300 },
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
      { numRuns: 300 },
    );
  });
});

function never(): never {
  throw new Error('an address of a test that is none');
}

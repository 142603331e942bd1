import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SliceEndpoint } from '../read/types.js';
import { nodeText, snapshotOf } from '../testing/cases/manifests.js';
import { hintsByCPU } from './topology.js';

function endpoints(zones: string): readonly SliceEndpoint[] {
  return [...zones].map((zone, i) => ({
    addresses: [`10.244.0.${i + 1}`],
    conditions: { ready: true },
    ...(zone === '-' ? {} : { zone: `zone-${zone}` }),
  }));
}

/** `1:4 2:4`: a Node for each zone and its CPUs. */
function nodes(text: string) {
  const all = text.split(' ').map((each, i) => {
    const [zone = '', cpu = ''] = each.split(':');
    return nodeText(`node-${i}`, i, { zone: zone === '-' ? '' : `zone-${zone}`, cpu });
  });
  return snapshotOf(all.join('')).nodes;
}

/** The zone that each endpoint serves, or why there are no hints. */
function hinted(zones: string, cpus: string): string {
  const all = endpoints(zones);
  const hints = hintsByCPU(all, nodes(cpus));
  if ('reason' in hints) return hints.reason;
  return all
    .map(
      (each) =>
        hints
          .of(each)
          ?.forZones?.map(({ name }) => name.slice(5))
          .join('+') ?? '-',
    )
    .join('');
}

describe('topology-mode Auto', () => {
  it.each([
    ['each zone has its share', '112', '1:4 1:4 2:4', '112'],
    ['fractions of a CPU', '1122', '1:3920m 2:3.92', '1122'],
    ['one zone has too many: the first of them serve the other', '111122', '1:4 2:4', '211122'],
    ['two thirds for a third', '111222', '1:8 2:4', '111122'],
    ['three zones', '111123', '1:4 2:4 3:4', '231123'],
    ['less than half an endpoint is not worth it', '1111222', '1:6 2:5', '1111222'],
    [
      'no way without 20% more for some',
      '11122',
      '1:4 2:4',
      'no hints, as endpoints of some zone would get over 20% more than their share',
    ],
    [
      'fewer endpoints than zones',
      '12',
      '1:4 2:4 3:4',
      'no hints, as there are fewer ready endpoints (2) than zones (3)',
    ],
    ['one zone', '11', '1:4 1:4', 'no hints, as not every Node has a zone and CPUs, in two zones or more'],
    [
      'a Node without a zone',
      '12',
      '1:4 2:4 -:4',
      'no hints, as not every Node has a zone and CPUs, in two zones or more',
    ],
    ['a Node without CPUs', '12', '1:4 2:0', 'no hints, as not every Node has a zone and CPUs, in two zones or more'],
    ['an endpoint without a zone', '1122--', '1:4 2:4', 'no hints, as an endpoint is in no zone'],
  ] as const)('%s', (_, zones, cpus, expected) => {
    expect(hinted(zones, cpus)).toBe(expected);
  });

  it('moves endpoints until no move brings two zones nearer to their shares, and none too far', () => {
    const zone = fc.constantFrom('1', '2', '3');
    const cluster = fc.tuple(
      fc.array(zone, { minLength: 1, maxLength: 30 }),
      fc.array(fc.tuple(zone, fc.integer({ min: 1, max: 64 })), { minLength: 1, maxLength: 8 }),
    );
    fc.assert(
      fc.property(cluster, ([zones, machines]) => {
        const all = [...new Set(machines.map(([at]) => at))];
        const own = zones.filter((each) => all.includes(each)).join('');
        const result = own === '' ? 'no hints' : hinted(own, machines.map(([at, cpu]) => `${at}:${cpu}`).join(' '));
        if (result.startsWith('no hints')) return;
        const count = (text: string, at: string) => text.split(at).length - 1;
        const cpus = (at: string) => machines.reduce((sum, [each, cpu]) => sum + (each === at ? cpu : 0), 0);
        const total = machines.reduce((sum, [, cpu]) => sum + cpu, 0);
        const excess = (text: string, at: string) => {
          const share = (cpus(at) / total) * own.length;
          return count(text, at) - Math.max(share, Math.ceil(share * (1 / 1.2)));
        };
        expect(result).toHaveLength(own.length);
        const over = all.filter((at) => excess(own, at) > 0);
        const under = all.filter((at) => excess(own, at) < 0);
        for (const at of over) expect(excess(result, at)).toBeGreaterThan(-0.5 - 1e-9);
        for (const at of under) expect(excess(result, at)).toBeLessThan(0.5 + 1e-9);
        for (const from of over) {
          for (const to of under) {
            const [spare, lacking] = [excess(result, from), -excess(result, to)];
            expect(Math.max(spare, lacking) >= 1 + 1e-9 && Math.min(spare, lacking) >= 0.5 + 1e-9).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

/**
 * Conflicts between exports of one Service: which export decides, and the warnings on the others (KEP-1645).
 */

import { describe, expect, it } from '@jest/globals';
import { merged, web } from '../testing/random/exporting.js';

const OLD = '2024-01-01T00:00:00Z';
const NEW = '2024-02-01T01:00:00+01:00';

describe('what exports disagree about', () => {
  it.each([
    [
      'the oldest decides',
      [
        { created: NEW, spec: { sessionAffinity: 'None' } },
        { created: OLD, spec: { sessionAffinity: 'ClientIP' } },
      ],
      'sessionAffinity',
      'ClientIP',
      'SessionAffinityConflict',
    ],
    [
      'of one age: the first by name',
      [{ created: OLD, spec: { sessionAffinity: 'ClientIP' } }, { created: OLD }],
      'sessionAffinity',
      'ClientIP',
      'SessionAffinityConflict',
    ],
    [
      'one without age comes last',
      [{ spec: { sessionAffinity: 'ClientIP' } }, { created: NEW }],
      'sessionAffinity',
      'None',
      'SessionAffinityConflict',
    ],
    [
      'what is no timestamp is no age',
      [{ created: 'yesterday', spec: { sessionAffinity: 'ClientIP' } }, { created: NEW }],
      'sessionAffinity',
      'None',
      'SessionAffinityConflict',
    ],
    [
      'zones of time',
      [
        { created: '2024-01-01T02:00:00+05:00' },
        { created: '2024-01-01T00:00:00Z', spec: { sessionAffinity: 'ClientIP' } },
      ],
      'sessionAffinity',
      'None',
      'SessionAffinityConflict',
    ],
    [
      'headlessness',
      [{ created: NEW }, { created: OLD, spec: { clusterIP: 'None' } }],
      'type',
      'Headless',
      'TypeConflict',
    ],
    [
      'timeouts',
      [
        { created: NEW, spec: { sessionAffinity: 'ClientIP' } },
        {
          created: OLD,
          spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
        },
      ],
      'affinityTimeoutSeconds',
      5,
      'SessionAffinityConfigConflict',
    ],
    [
      'internal policy',
      [{}, { spec: { internalTrafficPolicy: 'Local' } }],
      'internalTrafficPolicy',
      'Cluster',
      'InternalTrafficPolicyConflict',
    ],
    [
      'traffic distribution',
      [{ spec: { trafficDistribution: 'PreferClose' } }, {}],
      'trafficDistribution',
      'PreferClose',
      'TrafficDistributionConflict',
    ],
    ['labels', [{ exportSpec: { exportedLabels: { x: '1' } } }, {}], 'labels', { x: '1' }, 'LabelsConflict'],
    [
      'annotations',
      [{ exportSpec: { exportedAnnotations: { x: '1' } } }, {}],
      'annotations',
      { x: '1' },
      'AnnotationsConflict',
    ],
    ['families: all', [{}, { spec: { clusterIP: 'fd00::1' } }], 'families', ['IPv4', 'IPv6'], 'IPFamilyConflict'],
  ] as const)('%s', (_, exports, field, expected, reason) => {
    const { service, diagnostics } = merged(...exports.map(web));
    expect(service?.[field]).toEqual(expected);
    expect(diagnostics.map(({ origin, message }) => [origin?.source.name, message.split(':')[0]]).sort()).toEqual([
      ['a.json', reason],
      ['b.json', reason],
    ]);
    expect(diagnostics.map(({ origin, related }) => origin?.source.name !== related?.origin.source.name)).toEqual([
      true,
      true,
    ]);
  });

  it('is not what they agree about, nor a timeout that only one has', () => {
    const affinity = { sessionAffinity: 'ClientIP' };
    expect(merged(web({ created: OLD, spec: affinity }), web({ created: NEW, spec: affinity })).diagnostics).toEqual(
      [],
    );
    expect(
      merged(web({ spec: affinity }), web({})).diagnostics.every(({ message }) =>
        /^SessionAffinityConflict/.test(message),
      ),
    ).toBe(true);
  });
});

/**
 * checkEndpointsNames on manifests: the diagnostics that it must report, and must not report. golden/look has their
 * texts.
 */

import { describe, expect, it } from '@jest/globals';
import { endpoints, PORT, said, service, slice } from '../testing/cases/linted.js';
import { checkEndpointsNames } from './endpoints-name.js';

describe('checkEndpointsNames', () => {
  const LABEL = 'metadata.labels["kubernetes.io/service-name"]';

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['the very name', [service('nginx-service', PORT), endpoints('nginx-service')], []],
    [
      'nearly the name',
      [service('nginx-service', PORT), endpoints('nginx-services')],
      [
        'warning endpoints-name-mismatch at metadata.name ~ Service default/nginx-service metadata.name ? is it for nginx-service? The names must match exactly',
      ],
    ],
    [
      'nearly the label',
      [service('nginx', PORT), slice('s', 'kubernetes.io/service-name: ngnix')],
      [
        `warning endpoints-name-mismatch at ${LABEL} ~ Service default/nginx metadata.name ? is it for nginx? The names must match exactly`,
      ],
    ],
    ['a name like none', [service('nginx-service', PORT), endpoints('database')], []],
    ['nearly the name of one that has endpoints', [service('web', PORT), endpoints('web'), endpoints('webs')], []],
    ['nearly the name of one with a selector', [service('web', `${PORT}, selector: {a: b}`), endpoints('webs')], []],
    ['nearly the name of one elsewhere', [service('web', PORT, 'shop'), endpoints('webs')], []],
    [
      'a slice of a controller',
      [
        service('web', PORT),
        slice(
          's',
          'kubernetes.io/service-name: webs, endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io',
        ),
      ],
      [],
    ],
    [
      'a Service with a selector',
      [service('web', `${PORT}, selector: {a: b}`), endpoints('web')],
      [
        'note endpoints-overwritten at  ~ Service default/web spec.selector ? a Service with endpoints written by hand needs to be without a selector',
      ],
    ],
    [
      'what the controller wrote',
      [
        service('web', `${PORT}, selector: {a: b}`),
        endpoints('web', ', labels: {endpoints.kubernetes.io/managed-by: endpoint-controller}'),
      ],
      [],
    ],
    [
      'a dump of a cluster',
      [service('web', `${PORT}, selector: {a: b}`), endpoints('web'), slice('s', 'kubernetes.io/service-name: web')],
      [],
    ],
  ])('%s', (_, documents, expected) => {
    expect(said(checkEndpointsNames, documents)).toEqual(expected);
    expect(said(checkEndpointsNames, [...documents].reverse())).toEqual(expected);
  });
});

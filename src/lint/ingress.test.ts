/**
 * checkIngresses on manifests: the diagnostics that it must report, and must not report. golden/look has their texts.
 */

import { describe, expect, it } from '@jest/globals';
import { endpoints, ingress, PORT, said, service, to } from '../testing/cases/linted.js';
import { checkIngresses } from './ingress.js';

const AT = 'spec.rules[0].http.paths[0].backend.service';

describe('checkIngresses', () => {
  const WEB = [service('web', PORT), endpoints('web')];

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['all as it should be', [...WEB, ingress('i', to('web', 'number: 80'))], []],
    ['a port by name', [...WEB, ingress('i', to('web', 'name: http'))], []],
    ['a resource, no Service', [...WEB, ingress('i', '{resource: {kind: Bucket, name: b}}')], []],
    [
      'a Service that is not there',
      [ingress('i', to('web', 'number: 80'))],
      [`warning ingress-without-service at ${AT}.name`],
    ],
    [
      'one with nearly that name',
      [...WEB, ingress('i', to('wbe', 'number: 80'))],
      [`warning ingress-without-service at ${AT}.name ? did you mean web?`],
    ],
    [
      'one of another namespace',
      [service('web', PORT, 'shop'), ingress('i', to('web', 'number: 80'))],
      [
        `warning ingress-without-service at ${AT}.name ? there is one in shop: an Ingress reaches only Services of its own namespace`,
      ],
    ],
    [
      'a port that it has not',
      [...WEB, ingress('i', to('web', 'number: 81'))],
      [`warning ingress-without-port at ${AT}.port.number ~ Service default/web spec.ports`],
    ],
    [
      'its target port',
      [...WEB, ingress('i', to('web', 'number: 8080'))],
      [
        `warning ingress-without-port at ${AT}.port.number ~ Service default/web spec.ports ? that is the targetPort of its port 80: an Ingress names the port`,
      ],
    ],
    [
      'nearly the name of its port',
      [...WEB, ingress('i', to('web', 'name: htp'))],
      [`warning ingress-without-port at ${AT}.port.name ~ Service default/web spec.ports ? did you mean http?`],
    ],
    [
      'an alias',
      [service('web', 'type: ExternalName, externalName: a.example.com'), ingress('i', to('web', 'number: 80'))],
      [`note ingress-to-external-name at ${AT}.name ~ Service default/web`],
    ],
    [
      'a headless Service',
      [
        service('web', 'clusterIP: None, ports: [{name: http, port: 80}]'),
        endpoints('web'),
        ingress('i', to('web', 'number: 80')),
      ],
      [`note ingress-to-headless at ${AT}.name ~ Service default/web`],
    ],
    [
      'a Service without endpoints',
      [service('web', PORT), ingress('i', to('web', 'number: 80'))],
      [`note ingress-without-endpoints at ${AT}.name ~ Service default/web`],
    ],
    [
      'a route that there is',
      [...WEB, ingress('a', to('web', 'number: 80')), ingress('b', to('web', 'name: http'))],
      ['warning ingress-duplicate-path at spec.rules[0].http.paths[0] ~ Ingress default/a spec.rules[0].http.paths[0]'],
    ],
    [
      'one of another host',
      [...WEB, ingress('a', to('web', 'number: 80')), ingress('b', to('web', 'number: 80'), 'host: b.example.com')],
      [],
    ],
    [
      'one of another path type',
      [
        ...WEB,
        ingress('a', to('web', 'number: 80')),
        ingress('b', to('web', 'number: 80'), 'host: a.example.com', 'path: /, pathType: Exact'),
      ],
      [],
    ],
  ])('%s', (_, documents, expected) => {
    expect(said(checkIngresses, documents)).toEqual(expected);
    expect(said(checkIngresses, [...documents].reverse())).toEqual(expected);
  });
});

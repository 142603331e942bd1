/**
 * checkRepeated and checkSlicePorts on manifests: the diagnostics that they must report, and must not report.
 * golden/look has their texts.
 */

import { describe, expect, it } from '@jest/globals';
import { PORT, said, service } from '../testing/cases/linted.js';
import { checkRepeated } from './repeated.js';
import { checkSlicePorts } from './slice-ports.js';

/** A slice of the Service web, with one endpoint. */
const ofWeb = (name: string, ports: string, endpoint: string, type = 'IPv4') =>
  `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: ${name}, labels: {kubernetes.io/service-name: web}}, addressType: ${type}, endpoints: [${endpoint}], ports: [${ports}]}`;

describe('checkRepeated', () => {
  const [READY, NOT] = ['{addresses: [10.1.0.1]}', '{addresses: [10.1.0.1], conditions: {ready: false}}'];
  const HTTP = '{name: http, port: 80}';
  const hint = '~ EndpointSlice default/b endpoints[0] ? the first slice by name counts';

  it.each<readonly [string, readonly [string, string], readonly [string, string], readonly string[]]>([
    ['ready, and not', [HTTP, READY], [HTTP, NOT], [`warning endpoint-in-two-slices at  ${hint}`]],
    ['not ready, and ready', [HTTP, NOT], [HTTP, READY], [`warning endpoint-in-two-slices at  ${hint}`]],
    [
      'where it is local, the other counts',
      [HTTP, NOT],
      [HTTP, '{addresses: [10.1.0.1], nodeName: node-a}'],
      [`warning endpoint-in-two-slices at  ${hint}, but on node node-a the other`],
    ],
    ['in one state', [HTTP, READY], [HTTP, READY], []],
    ['on another port', [HTTP, READY], ['{name: https, port: 443}', NOT], []],
    ['on another number', [HTTP, READY], ['{name: http, port: 81}', NOT], []],
    ['another endpoint', [HTTP, READY], [HTTP, NOT.replace('0.1', '0.2')], []],
    [
      'terminating, serving unset and true',
      [HTTP, NOT.replace('ready: false', 'ready: false, terminating: true')],
      [HTTP, NOT.replace('ready: false', 'ready: false, terminating: true, serving: true')],
      [],
    ],
  ])('%s', (_, [portsA, a], [portsB, b], expected) => {
    const documents = [service('web', PORT), ofWeb('a', portsA, a), ofWeb('b', portsB, b)];
    expect(said(checkRepeated, documents)).toEqual(expected);
    expect(said(checkRepeated, [...documents].reverse())).toEqual(expected);
  });
});

describe('checkSlicePorts', () => {
  const ONE = '{addresses: [10.1.0.1]}';
  const WRONG = 'warning slice-ports at ports ~ Service default/web spec.ports';

  it.each<readonly [string, string, string, string, readonly string[]]>([
    ['nearly the name', '{name: http, port: 80}', '{name: htpp, port: 80}', ONE, [`${WRONG} ? did you mean http?`]],
    [
      'another protocol',
      '{name: dns, port: 53, protocol: UDP}',
      '{name: dns, port: 53}',
      ONE,
      [`${WRONG} ? the protocol must be UDP as well, is TCP`],
    ],
    [
      'no name',
      '{name: http, port: 80}',
      '{port: 80}',
      ONE,
      [`${WRONG} ? ports are matched by name and protocol, whatever their numbers`],
    ],
    ['one of several', '{name: http, port: 80}', '{name: x, port: 1}, {name: http, port: 81}', ONE, []],
    ['none, without endpoints', '{name: http, port: 80}', '{name: x, port: 1}', '', []],
  ])('%s', (_, own, theirs, endpoint, expected) => {
    const documents = [service('web', `ports: [${own}]`), ofWeb('a', theirs, endpoint)];
    expect(said(checkSlicePorts, documents)).toEqual(expected);
  });
});

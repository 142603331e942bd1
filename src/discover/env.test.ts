import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import type { Snapshot } from '../read/types.js';
import { environmentOf } from './env.js';

/** `namespace/name ip`: Services with one unnamed port. */
function cluster(...services: readonly string[]): Snapshot {
  const text = services.map((line) => {
    const [, namespace, name, ip] = /^(.*)\/(.*) (.*)$/.exec(line) ?? [];
    return `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: ${namespace}}, spec: {clusterIP: "${ip}", ports: [{port: 80}]}}`;
  });
  const { value, diagnostics } = readCluster([{ name: 'x.yaml', text: text.join('\n---\n') }], {});
  expect(diagnostics).toEqual([]);
  return value;
}

describe('environmentOf', () => {
  const cases: readonly [string, readonly string[], readonly string[], readonly string[]][] = [
    [
      'of the namespace, and kubernetes',
      ['default/kubernetes 10.0.0.1', 'a/web 10.0.0.2', 'b/web 10.0.0.3'],
      ['default/kubernetes', 'a/web'],
      [],
    ],
    [
      'its own kubernetes hides that of default',
      ['a/kubernetes 10.0.0.2', 'default/kubernetes 10.0.0.1'],
      ['a/kubernetes'],
      [],
    ],
    [
      'a headless one of that name does not',
      ['a/kubernetes None', 'default/kubernetes 10.0.0.1'],
      ['default/kubernetes'],
      [],
    ],
    ['none from elsewhere', ['b/web 10.0.0.3', 'default/web 10.0.0.4'], [], ['note env-without-kubernetes']],
    [
      'a clash',
      ['default/kubernetes 10.0.0.1', 'a/web-service 10.0.0.2', 'a/web 10.0.0.3'],
      ['default/kubernetes', 'a/web', 'a/web-service'],
      ['warning env-clash'],
    ],
    [
      'a digit',
      ['default/kubernetes 10.0.0.1', 'a/3d 10.0.0.2'],
      ['a/3d', 'default/kubernetes'],
      ['warning env-leading-digit'],
    ],
  ];
  it.each(cases)('%s', (_, services, expected, said) => {
    const { value, diagnostics } = environmentOf(cluster(...services), 'a');
    expect(value.map(({ service }) => service)).toEqual(expected);
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(said);
    const names = value.flatMap(({ variables }) => variables.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[A-Z_][A-Z0-9_]*$/.test(name))).toEqual([]);
    expect(environmentOf(cluster(...services.toReversed()), 'a').value).toEqual(value);
  });

  it('marks what an allocated cluster IP gave', () => {
    const snapshot = cluster('a/web 10.0.0.2', 'a/app 10.0.0.3');
    const services = snapshot.services.map((service, i) =>
      i === 0
        ? { ...service, allocated: { clusterIPs: ['10.0.0.2'], nodePorts: [], healthCheckNodePort: false } }
        : service,
    );
    const { value } = environmentOf({ ...snapshot, services }, 'a');
    expect(value.map(({ service, synthetic }) => [service, synthetic])).toEqual([
      ['a/app', undefined],
      ['a/web', true],
    ]);
  });
});

/** How the arguments of vipc port-forward are told apart. */
import { expect, it } from '@jest/globals';
import { forwardArgs } from './forward-args.js';

it.each<[string, object]>([
  ['svc/web 80', { kind: 'service', name: 'web', ports: [{ remote: 80 }], paths: [] }],
  [
    'pod/a 8080:80 :http x.yaml 80',
    {
      kind: 'pod',
      name: 'a',
      ports: [
        { local: 8080, remote: 80 },
        { local: 0, remote: 'http' },
      ],
      paths: ['x.yaml', '80'],
    },
  ],
  ['po/a 0:80 -', { kind: 'pod', name: 'a', ports: [{ local: 0, remote: 80 }], paths: ['-'] }],
  ['svc/shop/web 80', { kind: 'service', name: 'web', namespace: 'shop', ports: [{ remote: 80 }], paths: [] }],
  ['services/a 80 ./81', { kind: 'service', name: 'a', ports: [{ remote: 80 }], paths: ['./81'] }],
])('%s', (line, expected) => {
  expect(forwardArgs(line.split(' '))).toEqual(expected);
});

it.each([
  ['web 80', /"web" is nothing to forward to/],
  ['10.0.0.1 80', /an address is reached directly/],
  ['svc/web', /name a port after svc\/web/],
  ['svc/web x.yaml', /name a port after svc\/web.*"x\.yaml" is none/],
  ['svc/web 0', /"0" is none/],
  ['svc/web 65536', /"65536" is none/],
  ['svc/web 70000:80', /"70000:80" is none/],
  ['svc/web 1:2:3', /"1:2:3" is none/],
])('%s is refused', (line, says) => {
  expect(() => forwardArgs(line.split(' '))).toThrow(says);
});

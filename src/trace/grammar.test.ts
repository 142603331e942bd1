/**
 * The texts that `--from` and `--to` accept, and the messages for those that they refuse.
 */
import { describe, expect, it } from '@jest/globals';
import { parseSender, parseTarget } from './grammar.js';

/** The value with each address as text. */
function plain(value: object): object {
  return JSON.parse(JSON.stringify(value, (key, each) => (key === 'ip' ? each.text : each)));
}

describe('--from', () => {
  it.each<[string, object]>([
    ['10.0.0.1', { kind: 'address', ip: '10.0.0.1' }],
    ['fd00::0:1', { kind: 'address', ip: 'fd00::1' }],
    ['[fd00::1]', { kind: 'address', ip: 'fd00::1' }],
    ['outside', { kind: 'outside' }],
    ['node', { kind: 'node' }],
    ['node/node-a', { kind: 'node', name: 'node-a' }],
    ['no/a.b', { kind: 'node', name: 'a.b' }],
    ['pod/web-1', { kind: 'pod', namespace: 'shop', name: 'web-1' }],
    ['po/prod/web-1', { kind: 'pod', namespace: 'prod', name: 'web-1' }],
  ])('%s', (text, expected) => expect(plain(parseSender(text, 'shop'))).toEqual(expected));

  it.each([
    ['web-1', /^--from must be an address, pod\/NAME, node, node\/NAME or outside, is "web-1"$/],
    ['svc/web', /\(a Service sends nothing\)$/],
    ['10.0.0.1:80', /\(the port that it is sent from is --source-port\)$/],
    ['[fd00::1]:80', /--source-port/],
    ['pod/', /its name is/],
    ['pod/A_b', /its name is/],
    ['pod/a/b/c', /its name is/],
    ['node/a b', /the name of a Node is/],
    ['constructor/a', /^--from must be/],
    ['10.0.0.256', /^--from must be/],
    ['Outside', /^--from must be/],
  ])('not %s', (text, message) => expect(() => parseSender(text, 'shop')).toThrow(message));
});

describe('--to', () => {
  it.each<[string, object]>([
    ['10.0.0.1:80', { kind: 'address', ip: '10.0.0.1', port: 80 }],
    ['[fd00::1]:65535', { kind: 'address', ip: 'fd00::1', port: 65535 }],
    ['svc/web', { kind: 'service', namespace: 'shop', name: 'web' }],
    ['service/web:http', { kind: 'service', namespace: 'shop', name: 'web', port: 'http' }],
    ['svc/prod/db:5432', { kind: 'service', namespace: 'prod', name: 'db', port: '5432' }],
    ['pod/web-1:8080', { kind: 'pod', namespace: 'shop', name: 'web-1', port: 8080 }],
    ['node:30080', { kind: 'node', port: 30080 }],
    ['node/node-b:30080', { kind: 'node', name: 'node-b', port: 30080 }],
    ['db.prod:5432', { kind: 'name', name: 'db.prod', port: 5432 }],
    ['db', { kind: 'name', name: 'db' }],
    ['_http._tcp.web:1', { kind: 'name', name: '_http._tcp.web', port: 1 }],
  ])('%s', (text, expected) => expect(plain(parseTarget(text, 'shop'))).toEqual(expected));

  it.each([
    ['10.0.0.1', /\(to which port\? 10\.0\.0\.1:PORT\)$/],
    ['fd00::1', /\(to which port\? \[fd00::1\]:PORT\)$/],
    ['fd00::1:80', /\(to which port\? \[fd00::1:80\]:PORT\)$/],
    ['10.0.0.1:0', /a port is a number from 1 to 65535/],
    ['10.0.0.1:65536', /a port is a number/],
    ['10.0.0.1:http', /a port is a number/],
    ['pod/web-1', /\(to which port\? pod\/web-1:PORT\)$/],
    ['node', /^--to must be|to which port/],
    ['node/a', /to which port/],
    ['svc/web:', /a port is missing behind the colon/],
    ['svc/a.b', /its name is/],
    ['outside', /^--to must be/],
    ['cm/web:80', /^--to must be/],
    ['a b:80', /^--to must be/],
    [':80', /^--to must be/],
  ])('not %s', (text, message) => expect(() => parseTarget(text, 'shop')).toThrow(message));
});

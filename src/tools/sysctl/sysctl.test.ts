import { describe, expect, it } from '@jest/globals';
import { render } from '../../text.js';
import { parse, print, type Sysctls } from './sysctl.js';

/** Name, text, settings. */
const TEXTS: readonly [string, string, Sysctls][] = [
  ['nothing', '', {}],
  ['settings', 'net.ipv4.ip_forward = 1\nnet.a = -1\n', { 'net.ipv4.ip_forward': 1, 'net.a': -1 }],
  ['as a person writes them', '# x\n\n  net.a=2\r\n; y\nnet.b   =\t3 \n', { 'net.a': 2, 'net.b': 3 }],
  ['an interface with a dot', 'net.ipv4.conf.eth0/100.arp_ignore = 2\n', { 'net.ipv4.conf.eth0/100.arp_ignore': 2 }],
  ['what is no number', 'net.ipv4.tcp_rmem = 4096\t131072\t6291456\nkernel.hostname = a\nnet.a =\nnet.b\n', {}],
  ['a name that objects have', '__proto__ = 1\n', Object.fromEntries([['__proto__', 1]])],
];

describe('parse', () => {
  it.each(TEXTS)('%s', (_, text, expected) => {
    const found = parse(text);
    expect(Object.entries(found)).toEqual(Object.entries(expected));
    expect(parse(render({ [Symbol.iterator]: () => print(found) }))).toEqual(found);
  });
});

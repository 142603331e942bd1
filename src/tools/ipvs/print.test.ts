import { describe, expect, it } from '@jest/globals';
import { jsonPieces } from '../../json.js';
import { render } from '../../text.js';
import { print, toData } from './print.js';
import { sectionsOf } from './sections.js';
import type { VirtualServer } from './types.js';

const plain: VirtualServer = { protocol: 'tcp', address: '10.0.0.1', port: 80, scheduler: 'rr', realServers: [] };

const SERVERS: readonly [string, Partial<VirtualServer>, string][] = [
  ['TCP', {}, '-A -t 10.0.0.1:80 -s rr\n'],
  ['UDP', { protocol: 'udp' }, '-A -u 10.0.0.1:80 -s rr\n'],
  ['SCTP', { protocol: 'sctp' }, '-A --sctp-service 10.0.0.1:80 -s rr\n'],
  ['IPv6', { address: 'fd00::1' }, '-A -t [fd00::1]:80 -s rr\n'],
  ['persistence', { persistence: { timeoutSeconds: 60 } }, '-A -t 10.0.0.1:80 -s rr -p 60\n'],
  [
    'a flag of the scheduler',
    { scheduler: 'mh', schedulerFlag: 'mh-port', persistence: { timeoutSeconds: 60 } },
    '-A -t 10.0.0.1:80 -s mh -p 60 -b mh-port\n',
  ],
  [
    'real servers',
    { realServers: [{ address: '10.1.0.1', port: 8080, weight: 1 }] },
    '-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.1.0.1:8080 -m -w 1\n',
  ],
];

describe('a virtual server', () => {
  it.each(SERVERS)('%s', (_, change, expected) => {
    expect(render(print({ virtualServers: [{ ...plain, ...change }] }))).toBe(expected);
  });

  it('comes after the timeouts', () => {
    const timeouts = { tcp: 900, tcpFin: 0, udp: 300 };
    expect(render(print({ timeouts, virtualServers: [plain] }))).toBe('--set 900 0 300\n-A -t 10.0.0.1:80 -s rr\n');
    expect(JSON.parse([...jsonPieces(toData({ timeouts, virtualServers: [plain] }))].join(''))).toEqual({
      timeouts,
      virtualServers: [plain],
    });
  });

  it('is a section, of its Service where that is known', () => {
    const text =
      '--set 1 2 3\n-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1\n-A -u 10.0.0.2:53 -s rr\n';
    expect(
      sectionsOf([{ ...plain, owner: { namespace: 'default', service: 'web', port: 'http', protocol: 'TCP' } }])(text),
    ).toEqual([
      { title: 'settings', lines: ['--set 1 2 3'] },
      {
        title: '-t 10.0.0.1:80',
        service: 'default/web:http',
        lines: ['-A -t 10.0.0.1:80 -s rr', '-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1'],
      },
      { title: '-u 10.0.0.2:53', lines: ['-A -u 10.0.0.2:53 -s rr'] },
    ]);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ROOT } from '../../testing/cases/cases.js';
import { render } from '../../text.js';
import { countServers, parse, parseListing } from './parse.js';
import { print } from './print.js';
import type { VirtualServer } from './types.js';

function files(directory: string, name: string): readonly string[] {
  if (!existsSync(`${ROOT}${directory}`)) return [];
  return readdirSync(`${ROOT}${directory}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.split('/').at(-1) === name)
    .map((file) => `${directory}/${file}`)
    .sort();
}

describe('parse', () => {
  it.each([...files('golden', 'ipvsadm.rules'), ...files('fixtures/conformance', 'ipvsadm-save')])(
    'print gives %s again',
    (path) => {
      const text = readFileSync(`${ROOT}${path}`, 'utf8');
      const { value, diagnostics } = parse(text);
      expect(diagnostics).toEqual([]);
      expect(value.others).toEqual([]);
      // ipvsadm already prints all real servers behind their virtual server.
      expect(render(print(value))).toBe(text.replace(/^(?:#|--set).*\n/gm, ''));
    },
  );
});

const server = (change: Partial<VirtualServer>): VirtualServer => {
  return { protocol: 'tcp', address: '10.0.0.1', port: 80, scheduler: 'rr', realServers: [], ...change };
};

/** Name, text, virtual servers, lines that VirtualServer cannot hold, messages. */
const TEXTS: readonly [string, string, readonly VirtualServer[], readonly string[], readonly string[]][] = [
  ['nothing', '', [], [], []],
  ['comments and timeouts', '# default/web\n--set 900 0 300\n\n', [], [], []],
  [
    'all that we know',
    '-A -u [fd00::1]:53 -s mh -p 60 -b mh-port\r\n-a -u [fd00::1]:53 -r [fd00::2]:5353 -m -w 0\r\n',
    [
      server({
        protocol: 'udp',
        address: 'fd00::1',
        port: 53,
        scheduler: 'mh',
        schedulerFlag: 'mh-port',
        persistence: { timeoutSeconds: 60 },
        realServers: [{ address: 'fd00::2', port: 5353, weight: 0 }],
      }),
    ],
    [],
    [],
  ],
  [
    'an IPv6 address that ends like IPv4',
    '-A --sctp-service [::1.2.3.4]:80 -s rr\n',
    [server({ protocol: 'sctp', address: '::102:304' })],
    [],
    [],
  ],
  [
    'firewall marks',
    '-A -f 1 -s wlc\n-a -f 1 -r 10.1.0.1:0 -g -w 1\n-A -f 1 -6 -s wlc -p 60\n-a -f 1 -6 -r [fd00::1]:0 -g -w 1\n',
    [],
    ['-A -f 1 -s wlc', '-a -f 1 -r 10.1.0.1:0 -g -w 1', '-A -f 1 -6 -s wlc -p 60', '-a -f 1 -6 -r [fd00::1]:0 -g -w 1'],
    [],
  ],
  [
    'all ports of an address',
    '-A -t 10.0.0.1:0 -s rr -p 60\n-a -t 10.0.0.1:0 -r 10.1.0.1:0 -m -w 1\n',
    [],
    ['-A -t 10.0.0.1:0 -s rr -p 60', '-a -t 10.0.0.1:0 -r 10.1.0.1:0 -m -w 1'],
    [],
  ],
  ...[' -s rr -p 60 -M 255.255.255.0', ' -s rr -p 60 pe sip', ' -s rr -p 60 --pe sip', ' -s rr ops', ' -s rr -o'].map(
    (options): (typeof TEXTS)[number] => [
      `an option that is not ours: ${options}`,
      `-A -t 10.0.0.1:80${options}\n-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1\n`,
      [],
      [`-A -t 10.0.0.1:80${options}`, '-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1'],
      [],
    ],
  ),
  ...['-g -w 1', '-i -w 1', '-i -w 1 --tun-type ipip', '-m -w 1 -x 5 -y 3'].map((options): (typeof TEXTS)[number] => [
    `a real server that is not ours: ${options}`,
    `-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.1.0.1:80 ${options}\n-a -t 10.0.0.1:80 -r 10.1.0.2:80 -m -w 1\n`,
    [],
    [
      '-A -t 10.0.0.1:80 -s rr',
      `-a -t 10.0.0.1:80 -r 10.1.0.1:80 ${options}`,
      '-a -t 10.0.0.1:80 -r 10.1.0.2:80 -m -w 1',
    ],
    [],
  ]),
  [
    'what ipvsadm --save -n does not print',
    '-A -t web:http -s rr\n-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1\n-D -t 10.0.0.1:80\n-A -t 10.0.0.1:80 -s rr\n-A -t 10.0.0.1:80 -s lc\n',
    [server({})],
    [],
    [
      'line 1: not an address and port in numbers: "-A -t web:http -s rr"',
      'line 2: there is no such virtual server: "-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1"',
      'line 3: not a line of ipvsadm --save: "-D -t 10.0.0.1:80"',
      'line 5: the virtual server is there already: "-A -t 10.0.0.1:80 -s lc"',
    ],
  ],
];

describe('parse of', () => {
  it.each(TEXTS)('%s', (_, text, virtualServers, others, messages) => {
    const { value, diagnostics } = parse(text);
    expect(value.virtualServers).toEqual(virtualServers);
    expect(value.others.flatMap(({ line, realServers }) => [line, ...realServers])).toEqual(others);
    expect(diagnostics.map(({ message }) => message)).toEqual(messages);
    expect(diagnostics.every(({ code, severity }) => code === 'unreadable-line' && severity === 'error')).toBe(true);
  });

  it('anything does not throw', () => {
    const words = [
      '-A',
      '-a',
      '-t',
      '-f',
      '1',
      '10.0.0.1:80',
      '[fd00::1]:80',
      '-s',
      'rr',
      '-r',
      '-m',
      '-w',
      '\n',
      '->',
      'TCP',
    ];
    const lines = fc.array(fc.constantFrom(...words)).map((found) => found.join(' '));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), lines), (text) => {
        render(print(parse(text).value));
        parseListing(text);
      }),
    );
  });
});

const LISTING = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.96.0.1:80 rr persistent 60
  -> 10.244.1.5:8080              Masq    1      3          12${'        '}
  -> 10.244.2.6:8080              Masq    0      0          1${'         '}
TCP  [fd00:10:96::1]:80 mh (mh-port)
  -> [fd00:10:244:1111:2222:3333:4444:5555]:8080 Masq    1      1          0${'         '}
FWM  1 IPv6 rr
  -> [fd00::9]:0                  Route   1      5          5${'         '}
UDP  10.96.0.10:53 rr ops
  -> 192.0.2.1:53                 Local   1      0          7${'         '}
SCTP 10.96.0.11:80 rr
`;

describe('parseListing', () => {
  it('has the connections of each real server', () => {
    const { value, diagnostics } = parseListing(LISTING);
    expect(diagnostics).toEqual([]);
    const shown = value.map(({ protocol, address, port, realServer, weight, active, inactive }) =>
      [protocol, address, port, realServer.address, realServer.port, weight, active, inactive].join(' '),
    );
    expect(shown).toEqual([
      'tcp 10.96.0.1 80 10.244.1.5 8080 1 3 12',
      'tcp 10.96.0.1 80 10.244.2.6 8080 0 0 1',
      'tcp fd00:10:96::1 80 fd00:10:244:1111:2222:3333:4444:5555 8080 1 1 0',
      'udp 10.96.0.10 53 192.0.2.1 53 1 0 7',
    ]);
  });

  it('counts virtual servers, one that is told twice once', () => {
    expect(countServers(LISTING)).toBe(5);
    expect(countServers(LISTING + LISTING)).toBe(5);
  });

  it('says what it cannot read, and gives no real server to a virtual server before that', () => {
    const { value, diagnostics } = parseListing(
      'TCP  10.0.0.1:80 rr\nTCP  web:http rr\n  -> 10.1.0.1:80  Masq  1  0  0\n',
    );
    expect(value).toEqual([]);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'line 2: not a line of ipvsadm --list -n: "TCP  web:http rr"',
      'line 3: not a line of ipvsadm --list -n: "  -> 10.1.0.1:80  Masq  1  0  0"',
    ]);
  });
});

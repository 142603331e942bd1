/**
 * Dumps with virtual servers of IPVS that kube-proxy does not make: what is not known of them is not guessed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { vipc } from '../testing/run/vipc.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-ipvs-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const RULES = `*mangle
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.0.0.0/24 -p udp -j MARK --set-xmark 0x7/0xffffffff
COMMIT
`;

/** A directory of dumps, with these virtual servers, each with one real server. */
function dumps(services: readonly string[], real = '-r 10.1.0.1:80 -m -w 1'): string {
  const side = mkdtempSync(join(directory, 'dumps-'));
  const lines = services.map((line) => `-A ${line}\n-a ${line.replace(/ -s .*/, '')} ${real}\n`);
  writeFileSync(join(side, 'iptables'), RULES);
  writeFileSync(join(side, 'ipvsadm'), lines.join(''));
  return side;
}

const NETMASK = '-t 10.0.0.1:80 -s rr -p 300 -M 255.255.255.0';
const EVERY_PORT = '-t 10.0.0.1:0 -s rr -p 300';
const MARKED = '-f 7 -s rr';
const SERVED = '-u 10.0.0.1:80 -s rr';

describe('trace', () => {
  it.each<readonly [string, readonly string[], readonly string[], string]>([
    ['a persistence netmask', [NETMASK], [], `-A ${NETMASK}`],
    ['all ports', [EVERY_PORT], [], `-A ${EVERY_PORT}`],
    ['a firewall mark', [MARKED], ['--protocol', 'udp'], `-A ${MARKED}`],
    ['a firewall mark comes before an address', [SERVED, MARKED], ['--protocol', 'udp'], `-A ${MARKED}`],
  ])('%s', async (_, services, more, depends) => {
    const path = dumps([...services, '-t 10.0.0.1:81 -s rr', '-u 10.0.0.1:81 -s rr']);
    const question = ['trace', '--rules', path, '--from', '10.2.0.1', '--node-address', '192.168.7.2', ...more];
    const asked = await vipc([...question, '--to', '10.0.0.1:80', '--format', 'json']);
    expect(asked.code).toBe(1);
    expect(JSON.parse(asked.stdout)).toMatchObject({ verdict: 'UNKNOWN', endpoints: [], depends: [depends] });
    const text = await vipc([...question, '--to', '10.0.0.1:80']);
    expect(text.stdout).toContain(`virtual server: what IPVS does with it is not known\n      ${depends}\n`);
  });

  it.each([
    ['another mark', ['-f 8 -s rr', SERVED]],
    ['a mark for IPv6', ['-f 7 -6 -s rr', SERVED]],
    ['a port of its own comes before all ports', ['-u 10.0.0.1:0 -s rr -p 300', SERVED]],
  ])('%s', async (_, services) => {
    const question = ['trace', '--from', '10.2.0.1', '--to', '10.0.0.1:80', '--protocol', 'udp', '--rules'];
    const { code, stdout } = await vipc([...question, dumps(services), '--node-address', '192.168.7.2']);
    expect(stdout).toContain('reaches 10.1.0.1:80');
    expect(code).toBe(0);
  });
});

describe('weights', () => {
  const traced = async (options: string, weights: readonly number[]) => {
    const side = mkdtempSync(join(directory, 'weights-'));
    writeFileSync(join(side, 'iptables'), RULES);
    const reals = weights.map((weight, i) => `-a -t 10.0.0.1:80 -r 10.1.0.${i + 1}:80 -m -w ${weight}\n`);
    writeFileSync(join(side, 'ipvsadm'), `-A -t 10.0.0.1:80 ${options}\n${reals.join('')}`);
    const question = ['trace', '--rules', side, '--from', '10.2.0.1', '--to', '10.0.0.1:80', '--format', 'json'];
    const { stdout } = await vipc([...question, '--node-address', '192.168.7.2']);
    return JSON.parse(stdout) as { endpoints: { share: string }[]; depends: string[]; verdict: string };
  };

  it.each([
    ['-s rr', '1/2 1/2'],
    ['-s lc', '1/2 1/2'],
    ['-s wrr', '1/4 3/4'],
    ['-s nq', '1/4 3/4'],
    ['-s sh', '1/4 3/4'],
    ['-s mh', '1/4 3/4'],
  ])('%s', async (options, shares) => {
    const { endpoints, depends } = await traced(options, [1, 3]);
    expect(endpoints.map(({ share }) => share).join(' ')).toBe(shares);
    expect(depends).toEqual([]);
  });

  const picks = (scheduler: string, last: number, weight: number) =>
    `-t 10.0.0.1:80 -s ${scheduler} picks -r 10.1.0.${last}:80 -m -w ${weight}`;

  it.each([
    ['dh', [1, 3], 'UNKNOWN', [picks('dh', 1, 1), picks('dh', 2, 3)]],
    ['lblc', [1, 1], 'UNKNOWN', [picks('lblc', 1, 1), picks('lblc', 2, 1)]],
    ['lblcr', [1, 1, 0], 'UNKNOWN', [picks('lblcr', 1, 1), picks('lblcr', 2, 1)]],
    ['dh', [5], 'DNAT', []],
    ['lblc', [5, 0], 'DNAT', []],
    ['fo', [1, 3, 2], 'DNAT', []],
    ['fo', [3, 3, 2], 'UNKNOWN', [picks('fo', 1, 3), picks('fo', 2, 3)]],
    ['fo', [0, 0], 'REJECT', []],
    ['ovf', [1, 0], 'UNKNOWN', ['-t 10.0.0.1:80 -s ovf finds no room', picks('ovf', 1, 1)]],
  ])('one real server gets all: %s %j', async (scheduler, weights, verdict, depends) => {
    const answer = await traced(`-s ${scheduler}`, weights);
    expect(answer).toMatchObject({ verdict, depends: expect.arrayContaining(depends) });
    expect(answer.depends).toHaveLength(depends.length);
    if (verdict === 'DNAT') expect(answer.endpoints.map(({ share }) => share)).toEqual(['1/1']);
  });

  it.each([
    ['-s rr', [1, 0], 'DNAT', []],
    ['-s sh -b sh-fallback,sh-port', [1, 0], 'DNAT', []],
    ['-s sh', [1, 0], 'UNKNOWN', ['-t 10.0.0.1:80 -s sh hashes it to -r 10.1.0.2:80 -m -w 0']],
    [
      '-s mh -b mh-port',
      [0, 1, 0],
      'UNKNOWN',
      ['-t 10.0.0.1:80 -s mh hashes it to -r 10.1.0.1:80 -m -w 0 or 1 more with weight 0'],
    ],
    ['-s sh', [0, 0], 'REJECT', []],
  ])('a real server with weight 0: %s %j', async (options, weights, verdict, depends) => {
    expect(await traced(options, weights)).toMatchObject({ verdict, depends });
  });
});

describe('verify', () => {
  const TUNNEL = '-r 10.1.0.2:80 -i -w 1';
  it.each<readonly [string, () => readonly string[], number, RegExp]>([
    ['the same', () => [dumps([NETMASK, MARKED]), dumps([MARKED, NETMASK])], 0, /^equal: /],
    ['another kind', () => [dumps(['-t 10.0.0.1:80 -s rr']), dumps([NETMASK])], 1, /^undecided: /],
    ['a real server of another kind', () => [dumps([SERVED]), dumps([SERVED], TUNNEL)], 1, /^undecided: /],
    [
      'another real server',
      () => [dumps([MARKED]), dumps([MARKED], TUNNEL)],
      1,
      /^undecided: -A -f 7 -s rr; -a -f 7 -r /,
    ],
  ])('%s', async (_, sides, code, text) => {
    const result = await vipc(['verify', '--family', 'ipv4', ...sides()]);
    expect(result.stdout).toMatch(text);
    expect(result.code).toBe(code);
  });
});

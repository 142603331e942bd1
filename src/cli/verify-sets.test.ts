/**
 * vipc verify, of rules with one text whose ipsets have other members: those sets that it does not read are compared as text.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { vipc } from '../testing/run/vipc.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-verify-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('sets that vipc does not read, or not under this match', () => {
  const NETS = (members: readonly string[]) =>
    [
      'create nets hash:net family inet hashsize 1024 maxelem 65536',
      ...members.map((each) => `add nets ${each}`),
      '',
    ].join('\n');
  const IPS = (member: string) => `create ips hash:ip family inet hashsize 1024 maxelem 65536\nadd ips ${member}\n`;
  const LIST = 'create list list:set size 8\nadd list nets\n';
  const INNER = '-m set --match-set list src -j DROP';

  it.each<readonly [string, string, string, string, number]>([
    [
      'the same members, in another order',
      INNER,
      LIST + NETS(['10.0.0.0/8', '10.1.0.0/16']),
      NETS(['10.1.0.0/16', '10.0.0.0/8']) + LIST,
      0,
    ],
    ['other members', '-m set --match-set nets src -j DROP', NETS(['10.0.0.0/8']), NETS(['10.1.0.0/16']), 1],
    ['of a set in a list', INNER, LIST + NETS(['10.0.0.0/8']), LIST + NETS(['10.1.0.0/16']), 1],
    ['of a set that is there on one side', '-m set --match-set nets src -j DROP', NETS([]), '', 1],
    ['under a negation', '-m set ! --match-set ips src -j DROP', IPS('10.0.0.1'), IPS('10.0.0.2'), 1],
    ['timeouts run', '-m set --match-set ips src -j DROP', IPS('10.0.0.1 timeout 9'), IPS('10.0.0.1 timeout 8'), 0],
  ])('%s', async (name, rule, a, b, code) => {
    const paths = [a, b].map((sets, i) => {
      const side = mkdtempSync(join(directory, `${i}-`));
      writeFileSync(join(side, 'rules'), `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${rule}\nCOMMIT\n`);
      if (sets !== '') writeFileSync(join(side, 'sets'), sets);
      return side;
    });
    const result = await vipc(['verify', '--family', 'ipv4', ...paths]);
    expect({ name, code: result.code, stderr: result.stderr }).toEqual({ name, code, stderr: '' });
    expect(result.stdout).toMatch(code === 0 ? /^equal: / : /^undecided: [^]*other members of a set/);
  });
});

describe('maps of nftables', () => {
  const WAYS = (elements: string) =>
    `table ip t {
	map ways {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { ${elements} }
	}
	chain base {
		type filter hook forward priority filter; policy accept;
		ip daddr . meta l4proto . th dport vmap @ways
	}
}
`;
  const ONE = '10.244.1.5 . tcp . 80 : accept';

  it.each<readonly [string, string, string, RegExp]>([
    ['an element of all other keys on one side', ONE, `${ONE}, * : drop`, /now dropped/],
    ['on both sides, in another order', `${ONE}, * : drop`, `* : drop, ${ONE}`, /^equal: /],
  ])('%s', async (_, a, b, told) => {
    const paths = [a, b].map((elements, i) => {
      const path = join(mkdtempSync(join(directory, `${i}-`)), 'rules');
      writeFileSync(path, WAYS(elements));
      return path;
    });
    const result = await vipc(['verify', '--family', 'ipv4', ...paths]);
    expect(result.stdout).toMatch(told);
    expect(result.code).toBe(told.source.includes('equal') ? 0 : 1);
  });
});

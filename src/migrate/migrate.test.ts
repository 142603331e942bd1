/**
 * migrate: what breaks and what is a note, for the ways to nftables mode.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';
import { KINDS } from './kinds.js';

const NODE_PORT = 'fixtures/tour/web/cluster.yaml';
const SERVICES = ['-c', 'fixtures/packets/services/config.yaml', 'fixtures/packets/services/cluster.yaml'];
const PODS = ['--cluster-cidr', '10.244.0.0/16'];

interface Told {
  readonly breaks: boolean;
  readonly differences: readonly {
    readonly name: string;
    readonly breaks: boolean;
    readonly service?: string;
    readonly places: readonly string[];
    readonly clients: readonly string[];
  }[];
}

async function told(...args: readonly string[]) {
  const { code, stdout } = await vipc(['migrate', '--format', 'json', ...args], '');
  const { breaks, differences } = JSON.parse(stdout) as Told;
  const lost = differences.filter((each) => each.breaks);
  return { code, breaks, lost: lost.map(({ name, service = '' }) => `${name} ${service}`), differences };
}

describe('what breaks', () => {
  it.each<[string, readonly string[], number, readonly string[]]>([
    [
      'node ports on 127.0.0.1',
      ['--from', 'iptables', ...PODS, NODE_PORT],
      1,
      ['localhost-node-ports default/web:http'],
    ],
    ['not in ipvs mode, which serves none there', ['--from', 'ipvs', ...PODS, NODE_PORT], 0, []],
    [
      'another address of the node',
      ['--from', 'ipvs', ...PODS, '--node-address', '10.0.5.2', NODE_PORT],
      1,
      ['node-port-addresses default/web:http'],
    ],
    [
      'unless nodePortAddresses names it',
      ['--from', 'ipvs', ...PODS, '--node-address', '10.0.5.2', '--nodeport-addresses', '10.0.5.0/24', NODE_PORT],
      0,
      [],
    ],
    [
      'policy Local in ipvs mode, and source ranges for the node',
      ['--from', 'ipvs', ...SERVICES],
      1,
      [
        'local-fallback default/local-elsewhere:tcp',
        'source-ranges-from-node default/allowed:tcp',
        'source-ranges-from-node default/denied:tcp',
        'source-ranges-from-node default/neighbours:tcp',
      ],
    ],
  ])('%s', async (_, args, code, expected) => {
    const found = await told(...args);
    expect({ code: found.code, breaks: found.breaks }).toEqual({ code, breaks: code === 1 });
    expect(found.lost).toEqual(expected);
  });
});

it('all that differs has a name', async () => {
  const { differences } = await told('--from', 'iptables', ...SERVICES);
  expect(differences.filter(({ name }) => name === 'other')).toEqual([]);
  expect(differences.length).toBeGreaterThan(5);
  for (const { clients, places } of differences) expect([clients.length, places.length]).not.toContain(0);
});

it('docs/migration.md has every kind', () => {
  const page = readFileSync(`${ROOT}docs/migration.md`, 'utf8');
  expect(KINDS.filter(({ name }) => !page.includes(`| \`${name}\``))).toEqual([]);
});

it('the checklist has boxes to tick, and names as text', async () => {
  const { stdout } = await vipc(['migrate', '--from', 'iptables', '--format', 'markdown', ...PODS, NODE_PORT], '');
  expect(stdout).toMatch(/^# From iptables to nftables\n/);
  expect(stdout).toMatch(/^- \[ \] \*\*breaks\*\*: node ports do not answer on loopback addresses: /m);
  expect(stdout).toMatch(/^ {2}- default\/web:http: 127\.0\.0\.1:30080\/tcp/m);
});

it('without Services there is nothing to tell', async () => {
  const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: a}\n';
  expect(await vipc(['migrate', '--from', 'iptables'], node)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^from iptables to nftables: nothing breaks; 1 difference to know\n/),
  });
});

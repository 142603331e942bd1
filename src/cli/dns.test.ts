/**
 * `vipc dns` and `vipc env` on the command line.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const FILE = `${ROOT}fixtures/discover/cluster-ip/manifests.yaml`;
const SYNTHETIC = `${ROOT}fixtures/discover/endpoints/manifests.yaml`;
const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('vipc dns', () => {
  it.each([
    ['--type alone', ['dns', '--type', 'A', FILE], /--type goes with --from-namespace/],
    [
      'a type that is none',
      ['dns', 'v4', '--from-namespace', 'a', '--type', 'MX', FILE],
      /Allowed choices are A, AAAA, SRV/,
    ],
    ['no name', ['dns', '--from-namespace', 'default'], /name what to look up: vipc dns NAME --from-namespace NS/],
    ['a name that is none', ['dns', 'a b', '--from-namespace', 'default', FILE], /"a b" is no name to look up/],
    [
      'a namespace that is none',
      ['dns', 'v4', '--from-namespace', 'A/B', FILE],
      /'A\/B' is invalid. The name of a namespace/,
    ],
    [
      'an address and a type',
      ['dns', '10.0.0.1', '--from-namespace', 'a', '--type', 'A', FILE],
      /looked up as PTR, not as A/,
    ],
    ['a domain that is none', ['dns', '--domain', 'a_b', FILE], /--domain must be a DNS name, is "a_b"/],
    ['a domain among the addresses', ['dns', '--domain', '10.in-addr.arpa', FILE], /cannot be in arpa/],
    ['-o and a lookup', ['dns', 'v4', '--from-namespace', 'default', '-o', 'x', FILE], /-o is for zone files/],
    ['-o and JSON', ['dns', '--format', 'json', '-o', 'x', FILE], /-o is for zone files/],
  ])('refuses %s', async (_, argv, message) => {
    const result = await vipc(argv);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(message);
  });

  it('writes a file for each zone, which say together what standard output does', async () => {
    const { code, stdout, stderr } = await vipc(['dns', FILE, '--domain', 'C1.Local.', '-o', directory]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(
      /c1\.local\.zone \(10 records\)\n.*in-addr\.arpa\.zone \(3 records\)\n.*ip6\.arpa\.zone \(2 records\)/,
    );
    const zones = ['c1.local.zone', 'in-addr.arpa.zone', 'ip6.arpa.zone'];
    expect(readdirSync(directory).sort()).toEqual(zones);
    const texts = zones.map((name) => readFileSync(join(directory, name), 'utf8'));
    expect((await vipc(['dns', FILE, '--domain', 'c1.local'])).stdout).toBe(texts.join('\n'));
  });

  it('looks a name up in other files than the name, and in a pipe', async () => {
    const answer = 'v4.default.svc.cluster.local.  5 IN A     10.96.0.44\n';
    expect((await vipc(['dns', 'v4', FILE, '--from-namespace', 'default'])).stdout).toBe(answer);
    const piped = await vipc(['dns', '--from-namespace', 'default', 'v4'], readFileSync(FILE, 'utf8'));
    expect(piped.stdout).toBe(answer);
  });

  it('says the same as data', async () => {
    const argv = ['dns', 'legacy', '--from-namespace', 'default', '--type', 'A', '--format', 'json', SYNTHETIC];
    const { stdout, stderr } = await vipc(argv);
    const record = {
      name: 'legacy.default.svc.cluster.local.',
      ttl: 5,
      type: 'A',
      synthetic: true,
      service: 'default/legacy',
    };
    expect(stderr).toBe('1 note on what is synthetic (-v shows notes)\n');
    expect(JSON.parse(stdout)).toEqual({
      types: ['A'],
      tries: [{ name: 'legacy.default.svc.cluster.local.', outcome: 'answer' }],
      answers: [
        { ...record, address: '192.0.2.10' },
        { ...record, address: '192.0.2.11' },
      ],
    });
  });
});

describe('vipc env', () => {
  it('refuses a namespace that is none', async () => {
    expect(await vipc(['env', '-n', 'A', FILE])).toMatchObject({ code: 2, stdout: '' });
  });

  it('says the same as data, of the namespace default unless told', async () => {
    const text = (await vipc(['env', FILE])).stdout.trim().split('\n');
    const groups = JSON.parse((await vipc(['env', '-n', 'default', '--format', 'json', FILE])).stdout) as {
      variables: { name: string; value: string }[];
    }[];
    expect(groups.flatMap(({ variables }) => variables.map(({ name, value }) => `${name}=${value}`))).toEqual(text);
    expect(text).toContain('V4_SERVICE_HOST=10.96.0.44');
  });
});

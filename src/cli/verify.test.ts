import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-verify-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

/** Writes a dump with these rules in nat PREROUTING and filter FORWARD. */
function dump(
  name: string,
  { nat = [], forward = [] }: { nat?: readonly string[]; forward?: readonly string[] },
): string {
  const rules = (chain: string, list: readonly string[]) => list.map((each) => `-A ${chain} ${each}\n`).join('');
  return file(
    name,
    `*nat\n:PREROUTING ACCEPT [0:0]\n${rules('PREROUTING', nat)}COMMIT\n` +
      `*filter\n:FORWARD ACCEPT [0:0]\n${rules('FORWARD', forward)}COMMIT\n`,
  );
}

const TO = '-d 10.0.0.1/32 -p tcp -m tcp --dport 80';
const DNAT = (to: string) => `${TO} -j DNAT --to-destination ${to}`;
const HALF = (share: string, to: string) =>
  `${TO} -m statistic --mode random --probability ${share} -j DNAT --to-destination ${to}`;
const STRING = '-m string --string x --algo bm --to 65535 -j DROP';
const RECENT = (seconds: number, list = 'L') => [
  `${TO} -m recent --rcheck --seconds ${seconds} --reap --name ${list} --mask 255.255.255.255 --rsource -j DNAT --to-destination 10.1.0.1:80`,
  `${TO} -m recent --set --name L --mask 255.255.255.255 --rsource -j DNAT --to-destination 10.1.0.2:80`,
];

describe('two dumps', () => {
  it.each([
    ['the same', { nat: [DNAT('10.1.0.1:80')] }, { nat: [DNAT('10.1.0.1:80')] }, 0, 'equal: '],
    [
      'a rule that never matters',
      { nat: [DNAT('10.1.0.1:80')] },
      { nat: [DNAT('10.1.0.1:80'), DNAT('10.1.0.2:80')] },
      0,
      'equal: ',
    ],
    ['another endpoint', { nat: [DNAT('10.1.0.1:80')] }, { nat: [DNAT('10.1.0.2:80')] }, 1, 'to other endpoints'],
    ['no rule', { nat: [DNAT('10.1.0.1:80')] }, {}, 1, 'no longer served'],
    ['a rule that drops', {}, { forward: ['-s 10.9.0.0/16 -j DROP'] }, 1, 'now dropped'],
    [
      'a share 2^-24 away',
      { nat: [HALF('0.50000000000', '10.1.0.1:80'), DNAT('10.1.0.2:80')] },
      { nat: [HALF('0.50000005961', '10.1.0.1:80'), DNAT('10.1.0.2:80')] },
      0,
      'equal: ',
    ],
    [
      'a share further away',
      { nat: [HALF('0.50000000000', '10.1.0.1:80'), DNAT('10.1.0.2:80')] },
      { nat: [HALF('0.50000006100', '10.1.0.1:80'), DNAT('10.1.0.2:80')] },
      1,
      'share connections out otherwise',
    ],
    [
      'an unknown match that other packets get to',
      { forward: [STRING] },
      { forward: [STRING], nat: [DNAT('10.1.0.1:80')] },
      1,
      'undecided: ',
    ],
    [
      'the same unknown match before a difference',
      { forward: [STRING, '-s 10.9.0.0/16 -j DROP'] },
      { forward: [STRING] },
      1,
      'now left as they are',
    ],
    ['an unknown match on one side', { forward: [STRING] }, {}, 1, 'undecided: '],
    [
      'an unknown match elsewhere',
      { forward: [STRING, '-s 10.9.0.0/16 -j DROP'] },
      { forward: ['-s 10.9.0.0/16 -j DROP', STRING] },
      0,
      'depend on the same unknown',
    ],
    [
      'ports of another rule beside an unknown match',
      { forward: [STRING, '-p tcp -m multiport --dports 80,443 -j DROP'] },
      { forward: [STRING, '-p tcp -m multiport --dports 443,80 -j DROP'] },
      0,
      'depend on the same unknown',
    ],
    [
      'an unknown match in the same rule as ports',
      { forward: ['-p tcp -m multiport --dports 80,443 -m string --string x --algo bm --to 65535 -j DROP'] },
      { forward: ['-p tcp -m multiport --dports 80,443 -m string --string y --algo bm --to 65535 -j DROP'] },
      1,
      'undecided: ',
    ],
    ['an affinity timeout', { nat: RECENT(60) }, { nat: RECENT(61) }, 1, 'client in list L for 61 s'],
    ['another affinity list', { nat: RECENT(60) }, { nat: RECENT(60, 'M') }, 1, 'client in list L for 60 s'],
  ])('%s', async (_, a, b, code, text) => {
    const result = await vipc(['verify', '--family', 'ipv4', dump('a', a), dump('b', b)]);
    expect(result.stderr).toBe('');
    expect(result.stdout).toContain(text);
    expect(result.code).toBe(code);
  });
});

it('rules that the example meets on both sides are told once, without chains that do nothing', async () => {
  const rest = ['-s 10.8.0.0/16 -j ACCEPT', '-j LOG'];
  const paths = [
    dump('m', { nat: [DNAT('10.1.0.1:80')], forward: rest }),
    dump('n', { nat: [DNAT('10.1.0.1:80')], forward: [...rest, '-d 10.1.0.0/16 -j DROP'] }),
  ];
  const { stdout } = await vipc(['verify', '--family', 'ipv4', ...paths]);
  expect(stdout).toContain(
    [
      '  on both sides:',
      '    PREROUTING, table nat',
      `        1 -A PREROUTING ${DNAT('10.1.0.1:80')}`,
      '    FORWARD, table filter',
      '        2 -A FORWARD -j LOG',
      '  A: to 10.1.0.1:80, source kept',
      '  B: dropped',
      '    FORWARD, table filter',
      '        3 -A FORWARD -d 10.1.0.0/16 -j DROP',
      '',
    ].join('\n'),
  );
});

describe('what is accepted', () => {
  const sides = () => [dump('c', { nat: [DNAT('10.1.0.1:80')] }), dump('d', { nat: [DNAT('10.1.0.2:80')] })];

  it('by its line, and by no other', async () => {
    const { stdout } = await vipc(['verify', '--family', 'ipv4', ...sides()]);
    const [, line = ''] = /accept as: (.*)/.exec(stdout) ?? [];
    const accepted = file('accepted', `# reviewed\n${line}  # the new pod\n`);
    const result = await vipc(['verify', '--family', 'ipv4', '--accept', accepted, ...sides()]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^equal but for what is accepted; 1 difference accepted\n/);
    const other = file('other', `${line}0\n`);
    const refused = await vipc(['verify', '--family', 'ipv4', '--accept', other, ...sides()]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(`stale: nothing is left of ${line}0\n`);
  });

  it('by-design takes what differs between modes, and nothing else', async () => {
    const modes = ['--mode-b', 'ipvs'];
    expect((await vipc(['verify', WEB, WEB, ...modes])).code).toBe(1);
    expect((await vipc(['verify', WEB, WEB, ...modes, '--accept', 'by-design'])).code).toBe(0);
    const [a, b] = sides();
    expect((await vipc(['verify', '--family', 'ipv4', '--accept', 'by-design', `${a}`, `${b}`])).code).toBe(1);
  });

  it.each<readonly [string, string | Buffer, string]>([
    ['a program', Buffer.from('\x7fELF\x02\0\0'), 'contains NUL characters, so it is not text'],
    ['bytes that are no text', Buffer.from([0xc3, 0x28, 0x0a]), 'is not UTF-8 text'],
  ])('no list is %s', async (_, bytes, why) => {
    const path = join(directory, 'list');
    writeFileSync(path, bytes);
    const { code, stdout, stderr } = await vipc(['verify', '--family', 'ipv4', '--accept', path, ...sides()]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `error: --accept: "${path}" ${why}\n` });
  });

  it('what is undecided is not', async () => {
    const paths = [dump('e', { forward: [STRING] }), dump('f', {})];
    const { stdout } = await vipc(['verify', '--family', 'ipv4', ...paths]);
    expect(stdout).not.toContain('accept as');
    const { stdout: json } = await vipc(['verify', '--family', 'ipv4', '--format', 'json', ...paths]);
    const { differences } = JSON.parse(json) as { differences: { id: string }[] };
    expect(differences).toHaveLength(1);
    const accepted = file('undecided', differences.map(({ id }) => id).join('\n'));
    expect((await vipc(['verify', '--family', 'ipv4', '--accept', accepted, ...paths])).code).toBe(1);
  });
});

it('a family that one side does not have is undecided', async () => {
  const { code, stdout } = await vipc(['verify', WEB, dump('g', { nat: [DNAT('10.1.0.1:80')] })]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/ipv6|different/);
  const none = dump('h', {});
  const result = await vipc([
    'verify',
    none,
    file('six', '# Generated by ip6tables-save\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n# Completed on Monday\n'),
  ]);
  expect(result.code).toBe(1);
  expect(result.stdout).toMatch(/^undecided: one side has no rules of ipv4 and ipv6/);
});

it('json is the same as data', async () => {
  const paths = [dump('i', { nat: [DNAT('10.1.0.1:80')] }), dump('j', {})];
  const { code, stdout } = await vipc(['verify', '--family', 'ipv4', '--format', 'json', ...paths]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    equal: false,
    undecided: false,
    differences: [
      {
        kind: 'no-longer-served',
        places: ['10.0.0.1:80/tcp'],
        packet: { to: '10.0.0.1', port: 80, protocol: 'tcp', inInterface: 'eth0' },
        a: [{ end: 'served', to: '10.1.0.1:80', probability: 1 }],
        b: [{ end: 'untouched' }],
      },
    ],
  });
});

it('markdown has each difference as an item', async () => {
  const paths = [dump('k', { nat: [DNAT('10.1.0.1:80')] }), dump('l', {})];
  const { stdout } = await vipc(['verify', '--family', 'ipv4', '--format', 'markdown', ...paths]);
  expect(stdout).toMatch(/^\*\*different: 1 difference\*\*\n\n- 10\.0\.0\.1:80\/tcp no longer served/);
});

it('rules of nftables have their chain before them, the element behind, and no long list', async () => {
  const dumped = (name: string, last: string) => {
    const values = ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', last];
    const list = values.map((each, i) => `${i} : ${each} . 80`).join(', ');
    return file(
      name,
      'table ip t {\n\tmap m {\n\t\ttype ipv4_addr : verdict\n\t\telements = { 10.0.0.1 : goto pick }\n\t}\n' +
        '\tchain in {\n\t\ttype nat hook prerouting priority -100; policy accept;\n\t\tip daddr vmap @m comment "all"\n\t}\n' +
        `\tchain pick {\n\t\tmeta l4proto tcp dnat to numgen random mod 5 map { ${list} }\n\t}\n}\n`,
    );
  };
  const { code, stdout } = await vipc(['verify', dumped('a.nft', '10.0.0.6'), dumped('b.nft', '10.0.0.7')]);
  expect(code).toBe(1);
  expect(stdout).toContain('      in 1: ip daddr vmap @m\n        # m { 10.0.0.1 : goto pick }\n');
  expect(stdout).toMatch(/^ {6}pick 1: meta l4proto tcp dnat .*0 : 10\.0\.0\.2 \. 80, .*, and 2 more \}$/m);
});

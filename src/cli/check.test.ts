/**
 * vipc compile -o and --check: the files written, read again, and compared.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

let directory = '';
const made: string[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-'));
  made.push(directory);
});
afterAll(() => {
  for (const each of made) rmSync(each, { recursive: true });
});

describe('vipc compile -o and --check', () => {
  it('takes a directory with the name of a format when it is there, or is typed as one', async () => {
    const json = join(directory, 'json');
    expect(await vipc(['compile', WEB, '-o', json])).toMatchObject({ code: 0 });
    const home = process.cwd();
    process.chdir(directory);
    try {
      for (const name of ['json', './yaml', 'text/'])
        expect(await vipc(['compile', WEB, '-o', name])).toMatchObject({ code: 0 });
    } finally {
      process.chdir(home);
    }
    expect(readdirSync(directory).sort()).toEqual(['json', 'text', 'yaml']);
  });

  it('writes all artifacts, finds them again, and shows what changed by Service', async () => {
    const write = await vipc(['compile', WEB, '-o', directory]);
    expect(write).toMatchObject({ code: 0, stdout: '' });
    expect(readdirSync(directory).sort()).toEqual(['ip6tables.rules', 'iptables.rules', 'resolved.txt']);
    expect(await vipc(['compile', WEB, '--check', directory])).toMatchObject({ code: 0, stdout: '' });

    const changed = readFileSync(WEB, 'utf8').replace('10.244.2.6', '10.244.2.7');
    const { code, stdout } = await vipc(['compile', '--check', directory], changed);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^~ default\/web:http {2}endpoints \+ 10\.244\.2\.7:8080 - 10\.244\.2\.6:8080\n\n/);
    expect(stdout).toContain(`\n1 ServicePort: 4 lines added, 4 removed\n+ compiled now, - in ${directory} only\n`);
    expect(stdout).toMatch(/^default\/web:http\n {2}resolved IPv4$/m);
    expect(stdout).toMatch(/^ {2}iptables nat KUBE-SVC-CDGGSHYLG3RE2FKL$/m);
    expect(stdout).toMatch(/^ {4}- -A KUBE-SVC-\S+ .*10\.244\.2\.6/m);
    expect(stdout).toMatch(/^ {4}\+ -A KUBE-SVC-\S+ .*10\.244\.2\.7/m);
    expect(stdout.indexOf('  resolved ')).toBeLessThan(stdout.indexOf('  iptables '));
    expect(stdout).not.toContain('KUBE-FORWARD');
  });

  it('reads no FIFO and no device in the place of a file', async () => {
    await vipc(['compile', WEB, '-o', directory]);
    const path = join(directory, 'iptables.rules');
    for (const make of [() => execFileSync('mkfifo', [path]), () => symlinkSync('/dev/zero', path)]) {
      rmSync(path);
      make();
      const { code, stderr } = await vipc(['compile', WEB, '--check', directory]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is no regular file') });
    }
  });

  it('fails for files of another mode that are still there', async () => {
    await vipc(['compile', WEB, '--mode', 'ipvs', '-o', directory]);
    await vipc(['compile', WEB, '-o', directory]);
    writeFileSync(join(directory, 'README.md'), 'not ours');
    const { code, stdout } = await vipc(['compile', WEB, '--check', directory]);
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, 4)).toEqual(
      ['ipset.rules', 'ipvsadm.rules', 'addresses.rules', 'sysctl.conf'].map(
        (file) => `- ${file} is not compiled any more: delete it`,
      ),
    );
  });

  it('does not mind how wide the columns of resolved.txt are', async () => {
    await vipc(['compile', WEB, '-o', directory]);
    const path = join(directory, 'resolved.txt');
    const wide = readFileSync(path, 'utf8').replace(/(?<=\S) {2,}(?=\S)/g, (gap) => `${gap}     `);
    writeFileSync(path, wide);
    expect(await vipc(['compile', WEB, '--check', directory])).toMatchObject({ code: 0, stdout: '' });
    writeFileSync(path, wide.replace('ready, this node', 'ready, that node'));
    expect((await vipc(['compile', WEB, '--check', directory])).stdout).toMatch(
      /^~ default\/web:http {2}state ready, that node → ready, this node \(10\.244\.1\.5:8080\)$/m,
    );
  });

  it('says the same as data', async () => {
    await vipc(['compile', WEB, '-o', directory]);
    const check = ['compile', '--check', directory, '--format', 'json'];
    expect(JSON.parse((await vipc(check, readFileSync(WEB, 'utf8'))).stdout)).toMatchObject({
      same: true,
      summary: [],
    });
    const { code, stdout } = await vipc(check, readFileSync(WEB, 'utf8').replace('port: 80\n', 'port: 8081\n'));
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      same: false,
      meaning: { '+': 'compiled now', '-': `in ${directory} only` },
      nodes: ['node-a'],
      summary: [
        {
          change: '~',
          service: 'default/web:http',
          fields: [{ field: 'port', before: '80', after: '8081' }],
          lines: { added: 1, removed: 1 },
          text: 'port 80 → 8081',
        },
      ],
      resolved: [{ service: 'default/web:http', what: 'resolved IPv4' }],
      changes: [{ service: 'default/web:http', what: 'iptables nat KUBE-SERVICES' }],
    });
  });

  it('says that a check of nothing never fails', async () => {
    const pending = readFileSync(WEB, 'utf8').replace(/ *clusterIPs?:.*\n/g, '');
    const write = await vipc(['compile', '-o', directory], pending);
    expect(write.stderr).toMatch(/^warning: no rules at all: no ServicePort comes of the only Service in the input/);
    const { code, stderr } = await vipc(['compile', '--check', directory], pending);
    expect(stderr).toMatch(/warning: no rules at all/);
    expect(stderr).toMatch(/is up to date, but there is no ServicePort: such a check never fails\n$/);
    expect(code).toBe(0);
  });

  it('says what is missing, and notices a mere change of order', async () => {
    await vipc(['compile', WEB, '-o', directory]);
    rmSync(join(directory, 'resolved.txt'));
    mkdirSync(join(directory, 'resolved.txt'));
    expect((await vipc(['compile', WEB, '--check', directory])).code).toBe(2);
    rmSync(join(directory, 'resolved.txt'), { recursive: true });
    expect((await vipc(['compile', WEB, '--check', directory])).stdout).toMatch(/resolved\.txt is missing/);

    await vipc(['compile', WEB, '-o', directory]);
    const path = join(directory, 'ip6tables.rules');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, [...lines.slice(1, 2), ...lines.slice(0, 1), ...lines.slice(2)].join('\n'));
    expect((await vipc(['compile', WEB, '--check', directory])).code).toBe(1);
  });
});

/**
 * `vipc report`: what is written where, and what is refused. What the page shows is tested in a browser (suites/).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Report } from '../report/model.js';
import { unpacked } from '../report/pack.js';
import { ROOT } from '../testing/cases/cases.js';
import { WEB } from '../testing/run/shop.js';
import { vipc } from '../testing/run/vipc.js';
import { builtPage } from './page.js';

const directory = mkdtempSync(join(tmpdir(), 'vipc-report-'));
afterAll(() => rmSync(directory, { recursive: true }));

const FILE = join(directory, 'report.html');

/** What the page of these arguments is made of. */
async function reportOf(...argv: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await vipc(['report', ...argv], '');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return inPage(stdout);
}

function inPage(page: string): Report {
  const [, data = ''] = /id="data">([^<]*)</.exec(page) ?? [];
  return unpacked(gunzipSync(Buffer.from(data, 'base64')).toString());
}

describe('vipc report', () => {
  it('writes one file, of less than 1 MB beside its data', async () => {
    const { code, stdout, stderr } = await vipc(['report', WEB, '-o', FILE], '');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^wrote .*report\.html \(\d+ kB\)\n$/);
    const page = readFileSync(FILE, 'utf8');
    expect(Buffer.byteLength(page)).toBeLessThan(1e6);
    expect(inPage(page).data.title).toBe('cluster.yaml');
  });

  it('the page names its script and its style by their hashes, and nothing else may run or be asked', async () => {
    const { stdout } = await vipc(['report', WEB], '');
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(stdout) ?? [];
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']*'; style-src 'sha256-[^']*'; connect-src 'none'; base-uri 'none'; form-action 'none'; /,
    );
    expect(policy).not.toMatch(/unsafe|\*|http/);
    const { script, style } = builtPage();
    expect(stdout).toContain(`<script>${script}</script>`);
    expect(stdout).toContain(`<style>${style}</style>`);
    expect(`${script}${style}`).not.toMatch(/<\/(?:script|style)/i);
  });

  it('-o - and no -o print it', async () => {
    const { stdout } = await vipc(['report', WEB, '-o', '-'], '');
    expect(stdout).toMatch(/^<!doctype html>\n[^]*<\/html>\n$/);
    expect((await vipc(['report', WEB], '')).stdout).toBe(stdout);
  });

  it('on a terminal it asks for a file', async () => {
    expect(await vipc(['report', WEB])).toMatchObject({ code: 2, stderr: expect.stringContaining('-o report.html') });
  });

  it('errors of the input are told, and nothing is written', async () => {
    const broken = readFileSync(WEB, 'utf8').replace('port: 80\n', 'port: 80000\n');
    const { code, stdout, stderr } = await vipc(['report'], broken);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('must be a whole number from 1 to 65535');
    const { code: skipped, stdout: page } = await vipc(['report', '--skip-invalid'], broken);
    expect(skipped).toBe(0);
    expect(
      inPage(page)
        .data.said.map(({ message }) => message)
        .join(),
    ).toContain('65535');
  });

  it('a node that is not in the input is a warning, once for each name', async () => {
    const { code, stderr } = await vipc(['report', WEB, '--node', 'nobody', '--node', 'node-a', '-o', FILE], '');
    expect({ code, warned: stderr.match(/^warning: .*/gm) }).toEqual({
      code: 0,
      warned: [expect.stringMatching(/Node "nobody" is not in the snapshot/)],
    });
  });

  it('without input it says what to do', async () => {
    expect(await vipc(['report', '-o', FILE])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: nothing to read: name a file/),
    });
  });

  it('standard input can be compared too', async () => {
    const { code, stdout } = await vipc(['report', '-', '--against', WEB], readFileSync(WEB, 'utf8'));
    expect(code).toBe(0);
    expect(inPage(stdout).data).toMatchObject({ title: 'standard input', change: { effects: [], rules: [] } });
  });

  it('--against has effects and rules, by nodes that have the same', async () => {
    const later = join(directory, 'later.yaml');
    writeFileSync(later, readFileSync(WEB, 'utf8').replace('10.244.2.6', '10.244.2.7'));
    const { data } = await reportOf(later, '--against', WEB);
    expect(data.change?.effects).toMatchObject([{ effects: [{ severity: 'lost' }, { severity: 'gained' }] }]);
    expect(data.change?.rules).toMatchObject([{ nodes: ['node-a'], omitted: 0 }]);
    expect(data.change?.rules[0]?.changes[0]?.service).toBe('default/web:http');
  });

  it('--against compares on every Node, unless some are named', async () => {
    const cluster = `${ROOT}fixtures/packets/services/cluster.yaml`;
    const later = join(directory, 'other.yaml');
    writeFileSync(later, readFileSync(cluster, 'utf8').replaceAll('10.244.2.6', '10.244.2.7'));
    const nodes = ({ data }: Report) => new Set(data.change?.rules.flatMap((each) => each.nodes));
    expect(nodes(await reportOf(later, '--against', cluster))).toEqual(new Set(['node-a', 'node-b']));
    expect(nodes(await reportOf(later, '--against', cluster, '--node', 'node-b'))).toEqual(new Set(['node-b']));
  });

  it('the Services of the clusterset are in it, as in the rules', async () => {
    const { snapshot } = await reportOf(`${ROOT}fixtures/clusters/one-dump/dump.yaml`);
    expect(snapshot.services.map(({ metadata }) => metadata.name)).toContain('web--clusterset');
  });

  it('manifests that no cluster has seen', async () => {
    const manifests = 'kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n';
    const { code, stdout } = await vipc(['report', '--simulate'], manifests);
    expect(code).toBe(0);
    expect(inPage(stdout).data.isSimulated).toBe(true);
    expect(inPage(stdout).snapshot.services[0]?.spec.clusterIPs).toHaveLength(1);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['both comparisons', ['--live', '--against', WEB], /either --against or --live/],
    ['a made-up live node', ['--live', '--simulate'], /--live goes without --simulate/],
    ['several live nodes', ['--live', '--node', 'a', '--node', 'b'], /at most one --node/],
    ['a directory', ['-o', 'there/'], /names a file/],
    ['a snapshot that is not there', ['--against', join(directory, 'nowhere.yaml')], /nowhere\.yaml/],
  ])('refuses %s', async (_, flags, says) => {
    const { code, stdout, stderr } = await vipc(['report', WEB, ...flags], '');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });
});

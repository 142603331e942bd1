/**
 * The workflow in docs/compile-and-review.md, as written: runs its vipc steps in a repository of never deployed
 * manifests.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { unpacked } from '../report/pack.js';
import { ROOT } from '../testing/cases/cases.js';
import { PAGES } from '../testing/run/pages.js';

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

/** Output of `helm template`: Services without addresses, Deployments, a test. */
const MANIFESTS = `
apiVersion: v1
kind: Service
metadata: {name: shop, labels: {app: shop}}
spec: {type: NodePort, selector: {app: shop}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: shop, image: shop, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: shop-test, labels: {app: shop}, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: wget, image: busybox}]}
`;

/** The commands of the workflow under a heading of a page, as far as they begin with one of `programs`. */
function commandsIn(page: string, heading: string, ...programs: readonly string[]): readonly string[] {
  const text = PAGES.find(({ path }) => path === page)?.text ?? '';
  const [, yaml = ''] = new RegExp(`## ${heading}\n[^]*?\`\`\`yaml\n([^]*?)\`\`\``).exec(text) ?? [];
  return Object.values((load(yaml) as Workflow).jobs)
    .flatMap((job) => job.steps)
    .flatMap(({ run = '' }) => (programs.includes(run.split(' ')[0] ?? '') ? [run] : []));
}

const steps = commandsIn('docs/compile-and-review.md', 'Review rules in CI', 'vipc');

describe('the workflow in the docs', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-recipe-'));
  const file = join(directory, /compile (\S+)/.exec(steps[0] ?? '')?.[1] ?? '');
  const bin = join(directory, 'bin');
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };

  /** Runs the steps, or with `edit` the edited ones. */
  const run = (edit: (step: string) => string = (step) => step) => {
    const script = steps.map(edit).join('\n');
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', script], {
      cwd: directory,
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const accept = () => run((step) => step.replace('--check', '-o'));

  beforeAll(() => {
    mkdirSync(bin);
    writeFileSync(join(bin, 'vipc'), `#!/bin/sh\nexec "${process.execPath}" "${ROOT}bin/vipc.js" "$@"\n`);
    chmodSync(join(bin, 'vipc'), 0o755);
    execFileSync('git', ['init', '-q', directory]);
    writeFileSync(file, MANIFESTS);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('has a step', () => expect(steps.length).toBeGreaterThan(0));

  it('fails before there are rules', () => {
    expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining('+ iptables.rules is missing') });
  });

  it('passes once they are there, and they are rules of Services', () => {
    expect(accept()).toMatchObject({ status: 0, stderr: expect.stringMatching(/iptables\.rules \(1 ServicePort\)/) });
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/is up to date\n$/);
    expect(readFileSync(join(directory, 'rules/resolved.txt'), 'utf8')).toMatch(/ 2 endpoints of Cluster\n/);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['a port', (text) => text.replace('port: 80,', 'port: 8081,'), /^~ default\/shop:http {2}port 80 → 8081\n/],
    [
      'replicas',
      (text) => text.replace('replicas: 2', 'replicas: 3'),
      /^~ default\/shop:http {2}endpoints \+ \S+:8080\n/,
    ],
    [
      'a Service more',
      (text) => `${text}---\n{apiVersion: v1, kind: Service, metadata: {name: new}, spec: {ports: [{port: 1}]}}\n`,
      /^\+ default\/new {2}\S+ \(synthetic\); refused: no endpoint\n/,
    ],
    ['the Service gone', (text) => text.slice(text.indexOf('---')), /^- default\/shop:http {2}/],
    [
      'the target port',
      (text) => text.replace('containerPort: 8080', 'containerPort: 9090'),
      /target port 8080 → 9090\n/,
    ],
  ])('fails after a change of %s, and passes when that is accepted', (_, change, says) => {
    writeFileSync(file, MANIFESTS);
    accept();
    writeFileSync(file, change(MANIFESTS));
    const { status, stdout } = run();
    expect(status).toBe(1);
    expect(stdout).toMatch(says);
    expect(accept().status).toBe(0);
    expect(run()).toMatchObject({ status: 0, stdout: '' });
  });

  it('passes whatever does not change rules', () => {
    writeFileSync(file, MANIFESTS);
    accept();
    writeFileSync(
      file,
      MANIFESTS.replaceAll('image: shop', 'image: shop:2').replace(
        'labels: {app: shop}},',
        'labels: {app: shop, x: y}},',
      ),
    );
    expect(run()).toMatchObject({ status: 0, stdout: '' });
  });

  it('warns when it could not fail', () => {
    writeFileSync(file, MANIFESTS);
    const { stderr } = run((step) => step.replace(' --simulate', '').replace('--check', '-o'));
    expect(stderr).toMatch(/^warning: no rules at all: no ServicePort comes of the only Service/);
  });

  it('attaches a page of what changes to a pull request', () => {
    const commands = commandsIn('docs/report.md', 'For a pull request', 'vipc', 'git').filter(
      (each) => !/clone/.test(each),
    );
    expect(commands).toHaveLength(2);
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        cwd: directory,
        encoding: 'utf8',
      });
    const temp = join(directory, 'runner');
    mkdirSync(temp);
    writeFileSync(join(directory, 'manifests.yaml'), MANIFESTS);
    git('add', 'manifests.yaml');
    git('commit', '-qm', 'before');
    writeFileSync(join(directory, 'manifests.yaml'), MANIFESTS.replace('replicas: 2', 'replicas: 3'));
    const { status, stderr } = spawnSync('bash', ['-e', '-c', commands.join('\n')], {
      cwd: directory,
      env: { ...env, BASE: git('rev-parse', 'HEAD').trim(), RUNNER_TEMP: temp },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^wrote report\.html /) });
    const [, data = ''] = /id="data">([^<]*)</.exec(readFileSync(join(directory, 'report.html'), 'utf8')) ?? [];
    const { change } = unpacked(gunzipSync(Buffer.from(data, 'base64')).toString()).data;
    expect(JSON.stringify(change?.effects)).toMatch(/"service":"default\/shop:http".*"severity":"gained"/);
  });
});

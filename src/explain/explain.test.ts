/**
 * Broken clusters with one fault each: the first five lines of the page name the fault, and the page equals its golden.
 * Line 2 of a fixture has the expected words. GOLDEN=write rewrites the goldens; review them with `git diff`.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { ROOT } from '../testing/cases/cases.js';
import { sample } from '../testing/run/extent.js';
import { problemsByService } from '../views/problems.js';
import { printExplanation } from './print.js';
import { explainService } from './service.js';

const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];
const GOLDEN = `${ROOT}golden/explain`;
const CASES = readdirSync(`${ROOT}fixtures/explain`)
  .map((file) => file.replace(/\.yaml$/, ''))
  .sort();

function explained(name: string, change = (text: string) => text) {
  const file = `fixtures/explain/${name}.yaml`;
  const text = change(readFileSync(`${ROOT}${file}`, 'utf8'));
  const { value, diagnostics } = readCluster([{ name: file, text }], { partial: true });
  const service = value.services.find(({ metadata }) => metadata.name === 'web' && metadata.namespace === 'default');
  if (!service) throw new Error(`${file} has no Service default/web`);
  const [, about = '', says = ''] = /^# (.*)\n# says: (.*)\n/.exec(text) ?? [];
  return {
    about,
    says,
    page: explainService(value, service, problemsByService(diagnostics)(service), DEFAULT_OPTIONS),
  };
}

const PAGES = CASES.map((name) => `${name}.txt`).sort();

describe.each(CASES)('%s', (name) => {
  const { about, says, page } = explained(name);
  const lines = printExplanation(page, 80);
  if (WRITE) {
    writeFileSync(`${GOLDEN}/${name}.txt`, `${lines.join('\n')}\n`);
  }

  it('says what it is about', () => expect(about).toMatch(/^[A-Za-z].{20,}/));

  it('the fault is in the first five lines', () => {
    expect(says.length).toBeGreaterThan(15);
    const first = lines.slice(0, 5).map((line) => line.trim());
    expect(first.join(' ')).toContain(says);
  });

  it('says what to do, for all that is wrong', () => {
    expect(page.findings.length).toBeGreaterThan(0);
    expect(page.findings.filter(({ severity, fix }) => severity === 'problem' && fix === '')).toEqual([]);
  });

  it('the page is as it was', () => {
    expect(`${lines.join('\n')}\n`).toBe(readFileSync(`${GOLDEN}/${name}.txt`, 'utf8'));
  });

  it.each([80, 120])('fits into %i columns', (width) => {
    // Paths and names may be wider than the page.
    const wide = printExplanation(page, width).filter(
      (line) => line.length > width && line.trim().split(/ +/).length > 2,
    );
    expect(wide).toEqual([]);
  });

  it('is plain data', () => expect(JSON.parse(JSON.stringify(page))).toEqual(page));
});

it('no golden is without a fixture', () => {
  if (WRITE) for (const file of readdirSync(GOLDEN)) if (!PAGES.includes(file)) rmSync(`${GOLDEN}/${file}`);
  expect(readdirSync(GOLDEN).sort()).toEqual(PAGES);
});

it('there are thirty faults, each told in other words', () => {
  const says = CASES.map((name) => explained(name).says);
  expect(new Set(says).size).toBe(CASES.length);
  expect(CASES.length).toBeGreaterThanOrEqual(30);
});

/** The same clusters without their fault. */
const MENDED: readonly [string, (text: string) => string][] = [
  ['selector-typo', (text) => text.replace('selector: {app: wbe}', 'selector: {app: web}')],
  ['target-port-name', (text) => text.replace('targetPort: htttp', 'targetPort: http')],
  ['target-port-number', (text) => text.replace('targetPort: 8081', 'targetPort: 8080')],
  ['protocol-pods', (text) => text.replaceAll(', protocol: UDP', '')],
  ['protocol-slice', (text) => text.replaceAll(', protocol: UDP', '')],
  ['port-name-slice', (text) => text.replace('{name: web, port: 8080}', '{name: http, port: 8080}')],
  ['slice-label', (text) => text.replace('service-name: wbe', 'service-name: web')],
  ['slice-other-service', (text) => text.replace('service-name: api', 'service-name: web')],
  ['not-ready', (text) => text.replaceAll('type: Ready, status: "False"', 'type: Ready, status: "True"')],
  ['headless', (text) => text.replace('clusterIP: None', 'clusterIP: 10.96.0.41')],
  ['node-not-ready', (text) => text.replace('type: Ready, status: "False"', 'type: Ready, status: "True"')],
  ['load-balancer-pending', (text) => text.replace('type: LoadBalancer', 'type: NodePort')],
  ['node-address', (text) => text.replace('192.168.7.3]', '203.0.113.3]')],
  ['publish-not-ready', (text) => text.replaceAll('type: Ready, status: "False"', 'type: Ready, status: "True"')],
  ['network-policy', (text) => text.replace('podSelector: {}', 'podSelector: {matchLabels: {app: other}}')],
  ['hints', (text) => text.replaceAll(/\n {2}hints: .*/g, '').replaceAll(/\n {4}hints: .*/g, '')],
  [
    'external-local-overload',
    (text) =>
      text.replace('externalTrafficPolicy: Local\n  healthCheckNodePort: 32000', 'externalTrafficPolicy: Cluster'),
  ],
  ['affinity', (text) => text.replace(', ipMode: Proxy', '')],
  ['internal-local', (text) => text.replace('internalTrafficPolicy: Local', 'internalTrafficPolicy: Cluster')],
  ['external-name-ip', (text) => text.replaceAll('203.0.113.9', 'db.example.com')],
];

describe('without its fault a cluster has no problem', () => {
  it.each(sample(MENDED, 12, 'mended'))('%s', (name, mend) => {
    expect(explained(name).page.findings).not.toEqual([]);
    const { page } = explained(name, (text) => {
      const mended = mend(text);
      expect(mended).not.toBe(text);
      return mended;
    });
    expect(page.findings.filter(({ severity }) => severity === 'problem')).toEqual([]);
    expect(page.verdict).toMatch(/ (?:serves its clients|is an alias|is headless)/);
  });
});

it('a slice of another Service that selects the same pods is no stray', () => {
  const [, , web = ''] = readFileSync(`${ROOT}fixtures/explain/not-ready.yaml`, 'utf8').split('---\n');
  const also = web.replace('name: web', 'name: web-all').replace('10.96.0.41', '10.96.0.42');
  const sliceOf = (name: string, service: string) => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}, labels: {kubernetes.io/service-name: ${service}}}
addressType: IPv4
ports: [{port: 8080}]
endpoints: [{addresses: [10.244.1.5], conditions: {ready: false}}]
`;
  const more = [also, sliceOf('web-abcde', 'web'), sliceOf('web-all-abcde', 'web-all')];
  const { page } = explained('not-ready', (text) => [text, ...more].join('---\n'));
  expect(page.findings.map(({ code }) => code)).toEqual(['not-ready']);
});

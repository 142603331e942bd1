/**
 * Files among manifests that are broken or are not manifests, and their diagnostics.
 */
import { describe, expect, it } from '@jest/globals';
import { locate } from './locate.js';
import { readSnapshot } from './snapshot.js';

/** The names of the Services and Nodes in a text, and diagnostics as `line:col severity code: message | hint`. */
function read(text: string, name = 'deploy/a.yaml') {
  const { value, diagnostics } = readSnapshot([{ name, text }]);
  return {
    names: [...value.services, ...value.nodes].map(({ metadata }) => metadata.name),
    said: diagnostics.map(({ severity, code, message, origin, hint }) => {
      const { line, col } = locate(origin ?? fail());
      return `${line}:${col} ${severity} ${code}: ${message}${hint === undefined ? '' : ` | ${hint}`}`;
    }),
  };
}

function fail(): never {
  throw new Error('a diagnostic without an origin');
}

const NODE = 'apiVersion: v1\nkind: Node\nmetadata: {name: node-a}\n';
const LEFT = (kind: string) => `${kind} is not a kind that is read: it is left out`;
const TWICE = 'syntax: this is not YAML: this key is given twice in the same mapping';
const OPEN = 'syntax: this is not YAML: a line that is indented too little, or a bracket or quote left open before it';

const broken: [string, string, string[], string?][] = [
  [
    'a syntax error in a kind that is not read',
    `kind: Secret\na: [\n---\n${NODE}`,
    [`3:1 warning ${OPEN} | ${LEFT('Secret')}`],
  ],
  ['a key twice in it', `kind: ConfigMap\na: 1\na: 2\n---\n${NODE}`, [`3:1 warning ${TWICE} | ${LEFT('ConfigMap')}`]],
  ['its kind behind the error', `a: 1\na: 2\nkind: "Job" # x\n---\n${NODE}`, [`2:1 warning ${TWICE} | ${LEFT('Job')}`]],
  ['CRLF', `a: 1\r\na: 2\r\nkind: Job\r\n---\r\n${NODE}`, [`2:1 warning ${TWICE} | ${LEFT('Job')}`]],
  ['a kind that is read', `kind: Service\na: 1\na: 2\n---\n${NODE}`, [`3:1 error ${TWICE}`]],
  ['a kind that differs in case', `kind: service\na: 1\na: 2\n---\n${NODE}`, [`3:1 error ${TWICE}`]],
  ['a List, which may hold anything', `kind: List\na: 1\na: 2\n---\n${NODE}`, [`3:1 error ${TWICE}`]],
  ['a list of a kind that is read', `kind: ServiceList\na: 1\na: 2\n---\n${NODE}`, [`3:1 error ${TWICE}`]],
  ['a list of another', `kind: SecretList\na: 1\na: 2\n---\n${NODE}`, [`3:1 warning ${TWICE} | ${LEFT('SecretList')}`]],
  ['no kind', `a: 1\na: 2\n---\n${NODE}`, [`2:1 error ${TWICE}`]],
  ['a kind deeper down', `a:\n  kind: Secret\nb: 1\nb: 2\n---\n${NODE}`, [`4:1 error ${TWICE}`]],
  ['two objects without a mark between', `kind: Secret\na: 1\nkind: Service\n---\n${NODE}`, [`3:1 error ${TWICE}`]],
  ['behind an empty document', `kind: Job\na: 1\na: 2\n---\n---\n${NODE}`, [`3:1 warning ${TWICE} | ${LEFT('Job')}`]],
  [
    'an item of a JSON List',
    `{"kind":"List","items":[\n{"kind":"Secret","a" 1},\n{"kind":"Service","a" 1},\n{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-a"}}]}`,
    [
      `2:22 warning syntax: this is not JSON: unexpected text | ${LEFT('Secret')}`,
      '3:23 error syntax: this is not JSON: unexpected text',
    ],
  ],
  [
    'one of several JSON values',
    `{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-a"}}\n{"x":{"kind":"Service"},"kind":"Secret","a" 1}\n`,
    [`2:45 warning syntax: this is not JSON: unexpected text | ${LEFT('Secret')}`],
  ],
];

describe('what is broken in an object that is not read is a warning', () => {
  it.each(broken)('%s', (_, text, said) => expect(read(text)).toEqual({ names: ['node-a'], said }));
});

const HELM = 'render it first, a Helm chart with: helm template DIR | vipc …';
const OTHER = 'render it first, and let vipc read what comes out';
const VARIABLE = 'a variable that was not replaced: replace it first, such as with envsubst';
const NOT = 'error syntax: this is a template that was not rendered';
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 80\n';

const templates: [string, string, string[]][] = [
  ['a value', SERVICE.replace('web', '{{ .Release.Name }}'), [`4:9 ${NOT} | ${HELM}`]],
  ['a part of a value', SERVICE.replace('web', 'a-{{ .Release.Name }}-b'), []],
  ['a number', SERVICE.replace('80', '{{ .Values.port }}'), [`7:11 ${NOT} | ${HELM}`]],
  ['lines of it', `{{- if .Values.x }}\n${SERVICE}{{- end }}\n`, [`1:1 ${NOT} | ${HELM}`]],
  ['lines in it', SERVICE.replace('spec:', '  {{- include "labels" . | nindent 4 }}\nspec:'), [`5:3 ${NOT} | ${HELM}`]],
  ['a key', SERVICE.replace('name:', '{{ .k }}:'), [`4:3 ${NOT} | ${HELM}`]],
  ['a comment', `{{/* a: b */}}\n${SERVICE}`, [`1:1 ${NOT} | ${HELM}`]],
  ['Jinja', `{% if a %}\n${SERVICE}{% endif %}\n`, [`1:1 ${NOT} | ${OTHER}`]],
  ['ERB', `${SERVICE}<% end %>\n`, [`8:1 ${NOT} | ${OTHER}`]],
  [
    'in a kind that is not read',
    'kind: Job\na: {{ .x }}\n',
    [`2:4 ${NOT.replace('error', 'warning')} | ${LEFT('Job')}; ${HELM}`],
  ],
  ['one in quotes is not what another error is due to', `${SERVICE}x: "{{ y }}"\nz: [\n`, [`10:1 error ${OPEN}`]],
  ['in JSON', '{"kind": "Service",\n"a": {{ .x }}}', [`2:6 ${NOT} | ${HELM}`]],
];

const values: [string, string, string][] = [
  ['in quotes', SERVICE.replace('web', '"{{ .Release.Name }}"'), HELM],
  ['a variable for a number', SERVICE.replace('80', '${PORT}'), VARIABLE],
  ['a variable of kustomize', SERVICE.replace('80', '$(PORT)'), VARIABLE],
  ['a variable of the shell', SERVICE.replace('80', '$PORT'), VARIABLE],
  ['a variable in a name', SERVICE.replace('web', 'a-${X}'), VARIABLE],
  ['a variable in a key', SERVICE.replace('web', 'web\n  labels: {"${X}": a}'), VARIABLE],
];

describe('a template that was not rendered', () => {
  it.each(templates.filter(([, , said]) => said.length > 0))('%s', (_, text, said) => {
    const name = text.startsWith('{"') ? 'a.json' : 'a.yaml';
    expect(read(text, name).said).toEqual(said);
  });
  it.each(values)('a value: %s', (_, text, hint) => {
    const { said } = read(text);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(` error invalid-field: `);
    expect(said[0]?.endsWith(` | ${hint}`)).toBe(true);
  });
});

const KUSTOMIZE = (directory: string) =>
  `1:1 warning not-a-manifest: this is a kustomization, which is not built here: files are read as they are, without its changes | kubectl kustomize ${directory} | vipc …`;
const CHART = (what: string) =>
  `1:1 warning not-a-manifest: ${what} of a Helm chart, which is not rendered here: left out | helm template deploy | vipc …`;

const foreign: [string, string, string, string[]][] = [
  [
    'a kustomization',
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
    'a/b/kustomization.yaml',
    [KUSTOMIZE('a/b')],
  ],
  ['a component', 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n', 'x.yaml', [KUSTOMIZE('.')]],
  ['without a kind, by its name', 'namePrefix: a-\n', 'a/kustomization.yml', [KUSTOMIZE('a')]],
  ['without a kind, by its fields', 'resources:\n- a.yaml\n', '<stdin>', [KUSTOMIZE('DIR')]],
  ['patches', 'patches:\n- path: a.yaml\n', '/k.yaml', [KUSTOMIZE('/')]],
  ['bases, in a directory that a shell would take for two', 'bases: [../a]\n', 'a b/k.yaml', [KUSTOMIZE('DIR')]],
  [
    'a Kustomization of Flux',
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n',
    'kustomization.yaml',
    [],
  ],
  [
    'a chart',
    'apiVersion: v2\nname: a\nversion: 1.0.0\n',
    'deploy/Chart.yaml',
    [CHART('this describes a Helm chart').replace(' of a Helm chart', '')],
  ],
  ['values', 'replicas: 1\n', 'deploy/values-prod.yaml', [CHART('these are the values')]],
  ['an object in a file called values', NODE, 'deploy/values.yaml', []],
];

describe('what another tool reads', () => {
  it.each(foreign)('%s', (_, text, name, said) => expect(read(text, name).said).toEqual(said));
});

const space = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
const TOLD = 'duplicate-object: Namespace shop is given twice';

describe('an object twice', () => {
  it.each([
    ['a Namespace', `${space}---\n${space}`, [`7:18 note ${TOLD}, the same in all that is read of it`]],
    [
      'in other words',
      `${space}---\n{"kind":"Namespace","apiVersion":"v1","metadata":{"name":'shop', labels: {}}}`,
      [`5:58 note ${TOLD}, the same in all that is read of it`],
    ],
    [
      'another Service',
      `${SERVICE}---\n${SERVICE.replace('80', '81')}`,
      ['12:9 error duplicate-object: Service default/web is given twice'],
    ],
    [
      'a broken one',
      `${SERVICE}---\n${SERVICE.replace('80', 'x')}`,
      ['12:9 error duplicate-object: Service default/web is given twice'],
    ],
  ])('%s', (_, text, said) => expect(read(text).said).toEqual(said));
});

const nulls: [string, string][] = [
  ['labels', 'metadata: {name: web, labels: {team: }}'],
  ['annotations', 'metadata: {name: web, annotations: {team: }}'],
  ['a selector', 'metadata: {name: web}\nspec: {selector: {team: ~}, ports: [{port: 80}]}'],
];

describe('null in a map of strings is the empty string, as in Go', () => {
  it.each(nulls)('%s', (_, rest) => {
    const text = `apiVersion: v1\nkind: Service\n${rest}\n${rest.includes('spec') ? '' : 'spec: {ports: [{port: 80}]}\n'}`;
    const { value, diagnostics } = readSnapshot([{ name: 'a', text }]);
    expect(diagnostics).toEqual([]);
    const [service] = value.services;
    const found = [service?.metadata.labels, service?.metadata.annotations, service?.spec.selector];
    expect(found.some((map) => map?.['team'] === '')).toBe(true);
  });

  it('in a pod template and in the selector of a Deployment', () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  selector: {matchLabels: {a: }}
  template:
    metadata: {labels: {a: ""}}
    spec: {nodeSelector: {b: }, containers: [{name: a, image: a}]}
`;
    const { value, diagnostics } = readSnapshot([{ name: 'a', text }]);
    expect(diagnostics).toEqual([]);
    expect(value.workloads).toHaveLength(1);
  });
});

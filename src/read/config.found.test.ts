/**
 * The places in a file where readConfig finds the configuration.
 */

import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../options.js';
import { readConfig } from './config.js';
import { locate } from './locate.js';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

const none: [string, string, RegExp][] = [
  ['nothing', '', /it has nothing/],
  ['no kind', 'a: 1\n', /it has an object without a kind$/],
  ['another kind', 'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n', /it has "ClusterConfiguration"/],
  [
    'another version',
    HEAD.replace('v1alpha1', 'v1'),
    /it has a KubeProxyConfiguration of apiVersion "kubeproxy.config.k8s.io\/v1"/,
  ],
  [
    'many',
    [0, 1, 2, 3, 4, 5].map((i) => `kind: A${i}\n---\n`).join(''),
    /it has "A0", "A1", "A2", "A3", "A4" and more/,
  ],
];

const CONFIG_MAP = `apiVersion: v1
kind: List
items:
- kind: ConfigMap
  apiVersion: v1
  data:
    kubeconfig.conf: |
      kind: Config
    config.conf: |-
      apiVersion: kubeproxy.config.k8s.io/v1alpha1
      kind: KubeProxyConfiguration
      mode: ipvs
      iptables:
        masqueradeBit: 99
        masquradeAll: true
`;

describe('readConfig finds the configuration', () => {
  it.each(none)('not in %s', (_, text, message) => {
    const { value, diagnostics } = readConfig({ name: 'c.yaml', text });
    expect(value).toBe(DEFAULT_OPTIONS);
    expect(diagnostics).toMatchObject([
      { code: 'no-config', severity: 'error', message: expect.stringMatching(message) },
    ]);
  });

  it('among other documents', () => {
    const text = `kind: ClusterConfiguration\n---\n${HEAD}mode: ipvs\n---\nkind: InitConfiguration\n`;
    expect(readConfig({ name: 'c.yaml', text })).toMatchObject({ value: { mode: 'ipvs' }, diagnostics: [] });
  });

  it('in a ConfigMap in a List, with positions in the file', () => {
    const { diagnostics } = readConfig({ name: 'cm.yaml', text: CONFIG_MAP });
    expect(diagnostics.map(placeOf)).toEqual(['15:9 warning unknown-field', '14:24 error invalid-field']);
    expect(diagnostics.map(({ origin }) => origin && locate(origin).file)).toEqual(['cm.yaml', 'cm.yaml']);
    const fixed = CONFIG_MAP.replace('99', '9').replace('masqurade', 'masquerade');
    const read = readConfig({ name: 'cm.yaml', text: fixed });
    expect(read).toMatchObject({ value: { mode: 'ipvs', masqueradeBit: 9, masqueradeAll: true }, diagnostics: [] });
  });

  it('broken in a ConfigMap, with the position in the file', () => {
    const { diagnostics } = readConfig({ name: 'cm.yaml', text: CONFIG_MAP.replace('mode: ipvs', 'mode: [ipvs') });
    expect(diagnostics.map(placeOf)).toEqual(['13:7 error syntax']);
  });
});

function placeOf({ origin, severity, code }: ReturnType<typeof readConfig>['diagnostics'][number]): string {
  if (!origin) return `nowhere ${severity} ${code}`;
  const { line, col } = locate(origin);
  return `${line}:${col} ${severity} ${code}`;
}

/**
 * Hostile report: a report in which every name, label, zone and message is an attack on a page.
 */
import type { Diagnostic } from '../../diag.js';
import { DEFAULT_OPTIONS } from '../../options.js';
import type { Snapshot } from '../../read/types.js';
import type { Report } from '../../report/model.js';

/** Ends scripts, attributes, comments and styles; runs as an element, an address, a template; commands a terminal. */
export const ATTACKS: readonly string[] = [
  '</script><script>hacked()</script>',
  '<img src=x onerror=hacked()>',
  '"><svg onload=hacked()>',
  "' onmouseover='hacked()",
  'javascript:hacked()',
  '<!--</title></style><iframe srcdoc="<script>parent.hacked()</script>">',
  '\u0024{hacked()}{{hacked()}}',
  '\u202e\u001b]0;hacked\u0007\u2028<base href=https://evil.example/>',
  'https://evil.example/x.png',
  '__proto__',
];

/** Fields whose values come from outside, and are no addresses or numbers. */
const FIELDS = new Set([
  'name',
  'namespace',
  'externalName',
  'hostname',
  'nodeName',
  'zone',
  'pod',
  'trafficDistribution',
]);

/** `snapshot` with an attack in each such field, the same one for the same value, so that objects still belong together. */
export function hostileReport(snapshot: Snapshot): Report {
  const attacked = (value: string) => {
    const sum = [...value].reduce((all, char) => all + (char.codePointAt(0) ?? 0), 0);
    return value === '' ? value : `${ATTACKS[sum % ATTACKS.length]}${value}`;
  };
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return FIELDS.has(key) ? attacked(value) : value;
    if (Array.isArray(value)) return value.map((each) => walk(each, key));
    if (typeof value !== 'object' || value === null || key === 'origin') return value;
    if (key === 'labels' || key === 'selector')
      return Object.fromEntries(
        Object.entries(value).map(([name, text]) => [
          name,
          name.startsWith('kubernetes.io/') ? attacked(text) : `${ATTACKS[0]}${text}`,
        ]),
      );
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each, name)]));
  };
  const said = ATTACKS.map((attack): Diagnostic => {
    const origin = snapshot.services[0]?.origin;
    return { code: attack, severity: 'warning', message: attack, hint: attack, ...(origin && { origin }) };
  });
  const effects = ATTACKS.map((attack) => {
    return { service: `${attack}/${attack}:${attack}`, family: 'ipv4', severity: 'lost', text: attack } as const;
  });
  const changes = ATTACKS.map((attack) => ({
    service: attack,
    sections: [{ title: attack, lines: [{ kind: '+', text: attack } as const] }],
  }));
  return {
    snapshot: walk(snapshot, '') as Snapshot,
    data: {
      title: ATTACKS.join(' '),
      version: '<b>1</b>',
      options: DEFAULT_OPTIONS,
      namespace: 'default',
      domain: 'cluster.local',
      mentioned: [],
      said,
      change: {
        from: ATTACKS.join(' '),
        effects: [{ nodes: ATTACKS, effects, without: ATTACKS }],
        rules: [{ nodes: ATTACKS, changes, omitted: 1 }],
      },
    },
  };
}

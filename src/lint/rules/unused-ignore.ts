/**
 * lint, rule: vipc-ignore comments that ignore nothing. ignores.ts reports them.
 */
import type { Rule } from '../rule.js';

export const unusedIgnore: Rule = {
  code: 'unused-ignore',
  severity: 'note',
  summary: 'A comment vipc-ignore ignores nothing',
  why: 'Nothing of that code is found at the line that the comment is for, or in the object. Take the code away; or where it is one that vipc does not know, write the one that is meant.',
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  # vipc-ignore: external-ips  # <- unused-ignore
  ports: [{ port: 80 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  # vipc-ignore: external-ips
  externalIPs: [203.0.113.10]
  ports: [{ port: 80 }]
`,
};

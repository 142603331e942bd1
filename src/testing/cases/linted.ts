/**
 * Manifests reduced to the fields under test, and the findings of one lint check about them.
 */

import { expect } from '@jest/globals';
import { AS_IT_IS, complete } from '../../complete/complete.js';
import { type Diagnostic, formatPath } from '../../diag.js';
import { readSnapshot } from '../../read/snapshot.js';
import type { Snapshot } from '../../read/types.js';

export type Check = (snapshot: Snapshot) => readonly Diagnostic[];

/**
 * `warning code at spec.path ~ related object` for each finding; `documents` may leave out the fields that all objects
 * have.
 */
export function said(check: Check, documents: readonly string[], simulate = false): readonly string[] {
  const read = readSnapshot([{ name: 'x.yaml', text: documents.join('\n---\n') }]);
  expect(read.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { value } = complete(read.value, { ...AS_IT_IS, simulate, allocate: simulate, nodes: simulate ? 1 : 0 });
  return check(value).map(({ severity, code, origin, related, hint }) =>
    [
      `${severity} ${code} at ${formatPath(origin?.path ?? [])}`,
      ...(related ? [`~ ${related.origin.object} ${formatPath(related.origin.path)}`.trim()] : []),
      ...(hint === undefined ? [] : [`? ${hint}`]),
    ].join(' '),
  );
}

export const service = (name: string, spec: string, namespace = 'default') =>
  `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: ${namespace}}, spec: {${spec}}}`;
export const PORT = 'clusterIP: 10.96.0.1, ports: [{name: http, port: 80, targetPort: 8080}]';

export const ingress = (
  name: string,
  backend: string,
  rule = 'host: a.example.com',
  path = 'path: /, pathType: Prefix',
) =>
  `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ${name}}, spec: {rules: [{${rule}, http: {paths: [{${path}, backend: ${backend}}]}}]}}`;
export const to = (name: string, port: string) => `{service: {name: ${name}, port: {${port}}}}`;

export const endpoints = (name: string, metadata = '') =>
  `{apiVersion: v1, kind: Endpoints, metadata: {name: ${name}${metadata}}, subsets: [{addresses: [{ip: 192.0.2.1}], ports: [{name: http, port: 80}]}]}`;
export const slice = (name: string, labels: string, addresses = '{addresses: [192.0.2.1]}') =>
  `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: ${name}, labels: {${labels}}}, addressType: IPv4, endpoints: [${addresses}], ports: [{name: http, port: 80}]}`;

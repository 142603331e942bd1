/**
 * Rows for rules of lint: manifests that are nearly the same, and where a finding of one code is in them.
 */
import { describe, expect, it } from '@jest/globals';
import { lint } from '../../lint/lint.js';
import { said, service } from './linted.js';

/** Codes and places of what the rules of vipc lint find, of one code. */
export function found(code: string, documents: readonly string[]): readonly string[] {
  const all = said((snapshot) => lint(snapshot, {}, 'all'), documents);
  return all
    .filter((line) => line.includes(` ${code} `))
    .map((line) => line.replace(` ${code}`, '').replace(/ [~?].*/, ''));
}

export const ALL = 'clusterIP: 10.96.0.1, ports: [{name: http, port: 80}]';
export const BALANCED = `type: LoadBalancer, ${ALL.replace('port: 80', 'port: 80, nodePort: 30080')}`;
export const balancer = (spec: string, ingress: string, name = 'web') =>
  `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {${spec}}, status: {loadBalancer: {ingress: [${ingress}]}}}`;
export const node = (name: string, more = '') => `{apiVersion: v1, kind: Node, metadata: {name: ${name}}${more}}`;
export const OF_WEB = 'kubernetes.io/service-name: web';
export const at = (address: string, nodeName = '', conditions = '') =>
  `{addresses: [${address}]${nodeName && `, nodeName: ${nodeName}`}${conditions && `, conditions: {${conditions}}`}}`;
export const deployment = (labels: string, port = '{name: http, containerPort: 8080}') =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {selector: {matchLabels: {${labels}}}, template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: c, ports: [${port}]}]}}}}`;
export const policy = (spec: string, name = 'p') =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: ${name}}, spec: {podSelector: {matchLabels: {app: web}}, ${spec}}}`;
export const RANGES = (...ranges: readonly string[]) => `${BALANCED}, loadBalancerSourceRanges: [${ranges.join(', ')}]`;
export const DUAL = 'clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, "fd00::1"]';
export const SELECTING = service('web', 'selector: {app: web}, ports: [{port: 80, targetPort: 8080}]');
export const LOCAL = `${ALL}, internalTrafficPolicy: Local`;

/** What it is about, the documents, and the findings. */
export type Row = readonly [string, readonly string[], readonly string[]];

/** Tests the rows of each code; the order of documents does not matter. */
export function itFinds(rows: Readonly<Record<string, readonly Row[]>>): void {
  describe.each(Object.entries(rows))('%s', (code, its) => {
    it.each(its)('%s', (_, documents, expected) => {
      expect(found(code, documents)).toEqual(expected);
      expect(found(code, [...documents].reverse())).toEqual(expected);
    });
  });
}

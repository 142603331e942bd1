/**
 * The matrix agrees with the packets of the kernel tests (packet-rows.ts). Shares agree with the evaluated rules of
 * every node.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { parseIp } from '../ip.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { rulesOf } from '../packet/desired.js';
import { newEvaluator } from '../packet/evaluate.js';
import { toNumber } from '../packet/fraction.js';
import { answerOf } from '../packet/verdict.js';
import { compileState } from '../pipeline.js';
import { ROOT } from '../testing/cases/cases.js';
import { DROPPED, REACHED, REFUSED } from '../testing/network/packet-rows.js';
import { type From, packetsInput } from '../testing/network/packets.js';
import { sample } from '../testing/run/extent.js';
import { problemsByService } from '../views/problems.js';
import { aboutService } from './about.js';
import { claimsTo } from './address.js';
import { matricesOf } from './matrix.js';
import { nodesToAsk, onNode, partOf, servedOn } from './on-nodes.js';
import { explainService } from './service.js';
import { sharesOf } from './shares.js';
import type { Cell } from './types.js';

const { sources, options } = packetsInput();
const { value: snapshot } = readCluster(sources, {});

const CLIENT: Readonly<Record<From, string>> = { client: 'outside', pod1: 'pod on this node', node: 'this node' };

const CONFORMANCE = readdirSync(`${ROOT}fixtures/conformance`).filter((name) =>
  existsSync(`${ROOT}fixtures/conformance/${name}/cluster.yaml`),
);

/** The addresses of the node in the test topology: packets to them are for node ports. */
const NODE = ['192.168.7.2', 'fd00:7::2'];

/** The matrix cell of a connection; undefined when the matrix has none, as for loopback. */
function cellOf(from: From, to: string, port: number, protocol: string): Cell | undefined {
  const ip = parseIp(to);
  const services = ip ? claimsTo(snapshot, ip, port).flatMap(({ service }) => service ?? []) : [];
  const cells = services.flatMap((service) => {
    const about = aboutService(snapshot, service, []);
    const nodes = nodesToAsk(about, options).flatMap(
      (node) => onNode(partOf(snapshot, service), service, node, options) ?? [],
    );
    return matricesOf(about, nodes, options)
      .filter(
        (matrix) =>
          matrix.port.includes(`/${protocol.toUpperCase()}`) &&
          matrix.port.endsWith(to.includes(':') ? 'IPv6' : 'IPv4'),
      )
      .flatMap((matrix) => matrix.cells);
  });
  const isNodes = NODE.includes(to);
  return cells.find(
    ({ client, address }) =>
      client === CLIENT[from] &&
      (isNodes
        ? address === `node port *:${port}`
        : address.endsWith(to.includes(':') ? ` [${to}]:${port}` : ` ${to}:${port}`)),
  );
}

const GETS = [
  ...REACHED.map((row) => ['endpoints', ...row] as const),
  ...REFUSED.map(([what, from, to]) => ['refused', what, from, to, []] as const),
  ...DROPPED.map(([what, from, to]) => ['dropped', what, from, to, []] as const),
];
// With source ranges the example client of the matrix may be admitted when the client of the topology is not.
const ROWS = GETS.filter(([, what, , { to }]) => !what.includes('source ranges') && !/^127|^::1$/.test(to));

describe('cells are what packets do', () => {
  it.each(ROWS)('%s: %s, from %s', (gets, _, from, { to, port, protocol = 'tcp' }, seen) => {
    const cell = cellOf(from, to, port, protocol);
    expect(cell).toMatchObject({ gets, endpoints: seen.length });
    const kept = seen.filter((each) => /192\.168\.7\.100$|fd00:7::100$/.test(each)).length;
    if (from === 'client') expect(cell?.sourceKept).toBe(kept);
  });

  it('there are enough of them', () => expect(ROWS.length).toBeGreaterThan(30));
});

/** The share of connections that the evaluated rules of all nodes give each endpoint. */
function evaluated(
  file: string,
  nodes: readonly (readonly [string, string])[],
  destination: string,
  isOutside: boolean,
) {
  const source = { name: file, text: readFileSync(`${ROOT}${file}`, 'utf8') };
  const shares = new Map<string, number>();
  for (const [nodeName, pod] of nodes) {
    const { value } = compileState([source], { ...DEFAULT_OPTIONS, nodeName }, {});
    const [from, to] = [parseIp(isOutside ? '198.51.100.9' : pod), parseIp(destination)];
    if (!value || !from || !to) throw new Error(file);
    const packet = {
      family: 'ipv4',
      source: from,
      destination: to,
      protocol: 'tcp',
      sourcePort: 4000,
      destinationPort: 80,
      inInterface: 'eth0',
    } as const;
    for (const { address = '', port = 0, share } of answerOf(newEvaluator(rulesOf(value.desired, [])).evaluate(packet))
      .results) {
      const key = `${address}:${port}`;
      shares.set(key, (shares.get(key) ?? 0) + toNumber(share) / nodes.length);
    }
  }
  return shares;
}

const THREE = [
  ['node-a', '10.244.1.99'],
  ['node-b', '10.244.2.99'],
  ['node-c', '10.244.3.99'],
] as const;
const TWO = THREE.slice(0, 2);

it.each([
  ['hints', THREE, '10.96.0.41', 0, 8],
  ['distribution', TWO, '10.96.0.41', 0, 6],
  ['external-local-overload', TWO, '203.0.113.10', 1, 5],
  ['external-local-overload', TWO, '10.96.0.41', 0, 5],
])('shares in %s from %s to %s', (name, nodes, destination, place, endpoints) => {
  const file = `fixtures/explain/${name}.yaml`;
  const { value } = readCluster([{ name: file, text: readFileSync(`${ROOT}${file}`, 'utf8') }], {});
  const [service] = value.services;
  if (!service) throw new Error(name);
  const part = partOf(value, service);
  const served = nodes.map(([node]) => servedOn(part, service, node, DEFAULT_OPTIONS));
  const shares = sharesOf(aboutService(value, service, []), served, 'strict')[place];
  const expected = evaluated(file, nodes, destination, place === 1);
  expect(shares?.endpoints).toHaveLength(endpoints);
  expect(shares?.endpoints.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  for (const { address, share } of shares?.endpoints ?? []) expect(share).toBeCloseTo(expected.get(address) ?? -1, 6);
});

it('a thousand nodes are compiled for fifty, and counted all', () => {
  const nodes = Array.from(
    { length: 1000 },
    (_, i) => `apiVersion: v1\nkind: Node\nmetadata: {name: n${i}}\nspec: {podCIDR: 10.${i >> 8}.${i & 255}.0/24}\n`,
  );
  const web = readFileSync(`${ROOT}fixtures/explain/hints.yaml`, 'utf8').split('---\n').slice(3);
  const { value } = readCluster([{ name: 'large.yaml', text: [...nodes, ...web].join('---\n') }], { partial: true });
  const [service] = value.services;
  if (!service) throw new Error('no Service');
  const page = explainService(value, service, [], DEFAULT_OPTIONS);
  expect(page.matrices.flatMap((matrix) => matrix.nodes)).toHaveLength(50);
  expect(page.shares[0]?.nodes).toBe(1000);
});

/** Faults that the rules do not show: packets reach endpoints that do not answer. */
const BEYOND_RULES = ['network-policy', 'node', 'target-port-number', 'publish-not-ready'];

describe('the verdict agrees with the rules', () => {
  it.each(sample(CONFORMANCE, 10, 'verdict'))('%s', (name) => {
    const file = `fixtures/conformance/${name}/cluster.yaml`;
    const { value, diagnostics } = readCluster([{ name: file, text: readFileSync(`${ROOT}${file}`, 'utf8') }], {
      partial: true,
    });
    for (const service of value.services) {
      const { findings, matrices, verdict } = explainService(
        value,
        service,
        problemsByService(diagnostics)(service),
        DEFAULT_OPTIONS,
      );
      const cells = matrices
        .flatMap((matrix) => matrix.cells)
        .filter(({ address }) => address.startsWith('cluster IP'));
      const reached = cells.filter(({ gets }) => gets === 'endpoints').length;
      const [first] = findings;
      if (first?.effect === 'nobody' && first.severity === 'problem' && !BEYOND_RULES.includes(first.code))
        expect([verdict, reached]).toEqual([verdict, 0]);
      if (findings.every(({ severity }) => severity === 'remark'))
        expect([verdict, reached]).toEqual([verdict, cells.length]);
    }
  });
});

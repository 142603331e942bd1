/**
 * Arbitrary clusters for DNS: Services of every kind with endpoints in any state, as API objects that read accepts.
 */
import fc from 'fast-check';
import type { ApiObject } from './snapshots.js';

const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/),
  fc.constantFrom('svc', 'pod', '0', 'a--b', 'x'.repeat(58)),
);
const namespace = fc.constantFrom('default', 'svc', 'n'.repeat(63), '0', 'shop');
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const portName = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), fc.constantFrom('p'.repeat(62), '0', 'a-b'));
const port = fc.record({ name: portName, port: fc.integer({ min: 1, max: 65535 }), protocol });
const ports = fc.uniqueArray(port, { minLength: 1, maxLength: 3, selector: ({ name }) => name }).filter(differ);
const octet = fc.integer({ min: 0, max: 255 });
const v4 = fc.tuple(octet, octet, octet).map((parts) => `10.${parts.join('.')}`);
const v6 = fc.oneof(
  fc.tuple(octet, octet).map(([a, b]) => `fd00:${a.toString(16)}::${b.toString(16)}`),
  fc.tuple(octet, octet).map(([a, b]) => `::${(a + 16).toString(16)}:${b.toString(16)}`),
);

/** Objects of one cluster: ClusterIP, headless and ExternalName Services. */
export const dnsClusters: fc.Arbitrary<readonly ApiObject[]> = fc
  .array(fc.oneof(clusterIP(), headless(), externalName()), { minLength: 1, maxLength: 8 })
  .map((makers) => makers.flatMap((make, i) => make(i)));

type Make = (number: number) => readonly ApiObject[];

function clusterIP(): fc.Arbitrary<Make> {
  const families = fc.constantFrom(['IPv4'], ['IPv6'], ['IPv4', 'IPv6']);
  const lonely = port.map((only) => [{ ...only, name: '' }]);
  return fc.record({ name: label, namespace, families, ports: fc.oneof(ports, lonely) }).map((made) => (i) => {
    const clusterIPs = made.families.map((family) => (family === 'IPv4' ? `10.96.0.${i + 1}` : `fd00:96::${i + 1}`));
    const spec = { clusterIP: clusterIPs[0], clusterIPs, ipFamilies: made.families, ports: made.ports };
    return [service(made, i, spec)];
  });
}

function externalName(): fc.Arbitrary<Make> {
  const target = fc.oneof(
    fc.constantFrom('www.example.com', 'localhost', '1.0.96.10.in-addr.arpa', 'e'.repeat(63)),
    fc.tuple(label, namespace).map(([name, of]) => `${name}0.${of}.svc.cluster.local`),
  );
  return fc
    .record({ name: label, namespace, target })
    .map((made) => (i) => [service(made, i, { type: 'ExternalName', externalName: made.target })]);
}

function headless(): fc.Arbitrary<Make> {
  const condition = fc.constantFrom(true, true, false, undefined);
  const endpoint = fc.record({
    v4,
    v6,
    hostname: fc.oneof(label, fc.constant(undefined), fc.constantFrom('pet-0', 'h'.repeat(63))),
    conditions: fc.record({ ready: condition, serving: condition, terminating: condition }),
  });
  const slice = fc.record({
    addressType: fc.constantFrom('IPv4', 'IPv6'),
    endpoints: fc.array(endpoint, { maxLength: 5 }),
    shift: fc.integer({ min: 0, max: 1 }),
  });
  return fc.record({ name: label, namespace, ports, slices: fc.array(slice, { maxLength: 3 }) }).map((made) => (i) => [
    service(made, i, { clusterIP: 'None', ports: made.ports }),
    ...made.slices.map((each, j) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `s${i}-${j}`,
        namespace: made.namespace,
        labels: { 'kubernetes.io/service-name': `${made.name}${i}` },
      },
      addressType: each.addressType,
      ports: made.ports.slice(each.shift),
      endpoints: each.endpoints.map(({ v4: four, v6: six, ...rest }) => ({
        addresses: [each.addressType === 'IPv4' ? four : six],
        ...rest,
      })),
    })),
  ]);
}

/** The number keeps Services from having the same name. */
function service(made: { readonly name: string; readonly namespace: string }, i: number, spec: object): ApiObject {
  const metadata = { name: `${made.name}${i}`, namespace: made.namespace };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec };
}

function differ(list: readonly { readonly port: number; readonly protocol: string }[]): boolean {
  return new Set(list.map(({ port: number, protocol: of }) => `${of} ${number}`)).size === list.length;
}

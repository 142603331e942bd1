/**
 * lint, rule: ClientIP affinity for more clients than an xt_recent list holds: 100 addresses for each endpoint
 * (ip_list_tot in net/netfilter/xt_recent.c). A new address replaces the oldest, even before its timeout.
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import { keyOf, type Service, type Snapshot, slicesByService } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { isExternal, isVirtual, usableEndpoints } from '../vips.js';

const LIST = 100;

function check({ services, slices, pods }: Snapshot): readonly Diagnostic[] {
  const affine = services.filter((service) => isVirtual(service) && service.spec.sessionAffinity === 'ClientIP');
  if (affine.length === 0) return [];
  const own = slicesByService(slices);
  const clients = pods.filter(({ simulated, spec }) => simulated === undefined && !spec.hostNetwork).length;
  return sorted(affine).flatMap((service) => {
    const addresses = usableEndpoints(own.get(keyOf(service)) ?? []).map((endpoint) => endpoint.addresses[0]);
    const endpoints = new Set(addresses).size;
    const many = endpoints > 0 && clients > endpoints * LIST;
    return many || isExternal(service) ? [finding(service, endpoints, many ? clients : 0)] : [];
  });
}

function finding({ origin }: Service, endpoints: number, pods: number): Diagnostic {
  const each = `each endpoint remembers ${LIST} clients`;
  const all = endpoints > 0 ? `${each}, so ${endpoints * LIST} are remembered` : each;
  const many = pods > 0 ? `, and the cluster has ${pods} Pods` : '';
  return {
    code: 'affinity-list',
    severity: pods > 0 ? 'warning' : 'note',
    message: `affinity ClientIP: in iptables mode ${all}${many}: beyond, the oldest lose theirs before the timeout`,
    origin: { ...origin, path: ['spec', 'sessionAffinity'] },
    hint: 'load xt_recent with a greater ip_list_tot on every node, or use ipvs mode, which has no such list',
  };
}

export const affinityList: Rule = {
  code: 'affinity-list',
  severity: 'warning',
  summary: 'A Service with affinity ClientIP is reachable from outside, or by more Pods than its lists hold',
  why: 'In iptables mode the clients of each endpoint are kept in a list of xt_recent, which holds 100 addresses: one more, and the oldest is sent to any endpoint again, before its timeout. It is a note where nothing says how many clients there are. A greater ip_list_tot (modprobe xt_recent), or ipvs mode, holds more.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  sessionAffinity: ClientIP  # <- affinity-list
  ports: [{ port: 80, nodePort: 30080 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  sessionAffinity: ClientIP
  ports: [{ port: 80 }]
`,
};

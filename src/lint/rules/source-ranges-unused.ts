/**
 * lint, rule: loadBalancerSourceRanges without effect. Only load-balancer IPs have rules for them (k/k
 * pkg/proxy/iptables, KUBE-FW chains), and a range inside another one changes nothing.
 */
import type { Diagnostic } from '../../diag.js';
import { type Cidr, contains, parseCidr } from '../../ip.js';
import { sorted } from '../../order.js';
import { ipFamilyOf, type Service, type Snapshot } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { isVirtual, servedFamilies } from '../vips.js';

function check({ services }: Snapshot): readonly Diagnostic[] {
  const ranged = services.filter(
    ({ spec }) => spec.type === 'LoadBalancer' && spec.loadBalancerSourceRanges.length > 0,
  );
  return sorted(ranged.filter(isVirtual)).flatMap((service) => [...withoutAddress(service), ...useless(service)]);
}

/** Without a load-balancer IP of ipMode VIP, no range has a rule. */
function withoutAddress({ status, origin }: Service): readonly Diagnostic[] {
  const { ingress } = status.loadBalancer;
  if (ingress.length === 0 || ingress.some(({ ip, ipMode }) => ip !== undefined && ipMode === 'VIP')) return [];
  const why = ingress.every(({ ip }) => ip === undefined) ? 'has a name, and no address' : 'has ipMode Proxy';
  return [
    {
      code: 'source-ranges-unused',
      severity: 'warning',
      message: `no node applies these ranges, for the load balancer ${why}`,
      origin: { ...origin, path: ['spec', 'loadBalancerSourceRanges'] },
      hint: 'make sure that the load balancer applies them itself',
    },
  ];
}

/** Ranges of a family that the Service does not have, or inside another range. */
function useless(service: Service): readonly Diagnostic[] {
  const families = servedFamilies(service);
  const { origin, spec } = service;
  const cidrs = spec.loadBalancerSourceRanges.map(parseCidr);
  return spec.loadBalancerSourceRanges.flatMap((text, i): readonly Diagnostic[] => {
    const cidr = cidrs[i];
    const wider = cidr && cidrs.find((other, j) => other && i !== j && isWithin(cidr, other, i > j));
    const family = ipFamilyOf(text);
    const why =
      families.length > 0 && !families.includes(family)
        ? `it is ${family}, and the Service is ${families.join(' and ')}`
        : wider && `${wider.text} is in the list, and admits all of it`;
    if (why === undefined) return [];
    const place = { ...origin, path: ['spec', 'loadBalancerSourceRanges', i] };
    return [
      {
        code: 'source-ranges-unused',
        severity: 'warning',
        message: `range ${text} decides nothing: ${why}`,
        origin: place,
        hint: wider ? 'take one of the two away' : 'take it away',
      },
    ];
  });
}

/** Of two equal ranges, the later counts as inside the other. */
function isWithin(cidr: Cidr, other: Cidr, later: boolean): boolean {
  if (cidr.family !== other.family || other.prefix > cidr.prefix) return false;
  if (other.prefix === cidr.prefix && !later) return false;
  const { family, bytes, text } = cidr;
  return contains(other, { family, bytes, text });
}

export const sourceRangesUnused: Rule = {
  code: 'source-ranges-unused',
  severity: 'warning',
  summary: 'loadBalancerSourceRanges, or one of them, that never apply',
  why: 'Nodes apply them to packets for load-balancer IPs: not where the load balancer has only a name or ipMode Proxy, and not of another family than the Service has. A range inside of another one decides nothing; beside 0.0.0.0/0 nobody is kept out.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  loadBalancerSourceRanges:
    - 0.0.0.0/0
    - 192.0.2.0/24  # <- source-ranges-unused
    - 2001:db8::/32  # <- source-ranges-unused
  ports: [{ port: 80, nodePort: 30080 }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.10 }] } }
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  loadBalancerSourceRanges: [192.0.2.0/24, 198.51.100.0/24]
  ports: [{ port: 80, nodePort: 30080 }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.10 }] } }
`,
};

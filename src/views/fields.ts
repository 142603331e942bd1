/**
 * views, part: fields and their values as in kubectl describe (k8s.io/kubectl/pkg/describe/describe.go).
 */
import { joinHostPort } from '../ip.js';
import type { EndpointSlice, LoadBalancerIngress } from '../read/types.js';
import { NONE } from '../table.js';
import type { Field } from './description.js';

/** A field with one value. */
export function field(label: string, value: string): Field {
  return { label, values: [value] };
}

/** `app=web`, sorted by key. */
export function labelsField(label: string, labels: Readonly<Record<string, string>>): Field {
  const keys = Object.keys(labels).sort();
  return orNone(
    label,
    keys.map((key) => `${key}=${labels[key]}`),
  );
}

/** An annotation that kubectl leaves out: it is as long as the object. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Longer annotations are cut (maxAnnotationLen). */
const MAX_ANNOTATION = 140;

/** `key: value`; values that are long or have several lines are below their key, indented by two blanks. */
export function annotationsField(label: string, annotations: Readonly<Record<string, string>>): Field {
  const keys = Object.keys(annotations).filter((key) => key !== LAST_APPLIED);
  return orNone(
    label,
    keys.sort().flatMap((key) => {
      const value = (annotations[key] ?? '').replace(/\n$/, '');
      if (value.length + key.length + 2 <= MAX_ANNOTATION && !value.includes('\n')) return [`${key}: ${value}`];
      return [`${key}:`, ...value.split('\n').map((line) => `  ${shortened(line)}`)];
    }),
  );
}

function shortened(line: string): string {
  return line.length > MAX_ANNOTATION - 2 ? `${line.slice(0, MAX_ANNOTATION - 2)}...` : line;
}

function orNone(label: string, values: readonly string[]): Field {
  return { label, values: values.length === 0 ? [NONE] : values };
}

/** An address with its mode, or a hostname (buildIngressString). */
export function ingressText({ ip, hostname, ipMode }: LoadBalancerIngress): string {
  return ip === undefined ? (hostname ?? '') : `${ip} (${ipMode})`;
}

/** The number of endpoints that kubectl lists. */
const LISTED = 3;

/** The ready endpoints of a port: `10.0.0.1:80,10.0.0.2:80 + 3 more...` (formatEndpointSlices). */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const ready = slices.flatMap(({ endpoints, ports }) => {
    const addresses = endpoints
      .filter(({ conditions }) => conditions.ready ?? true)
      .map(({ addresses: [first = ''] }) => first);
    if (ports.length === 0) return addresses;
    const numbers = ports.filter(({ name }) => name === portName).map(({ port }) => port);
    return numbers.flatMap((number) => addresses.map((ip) => (number === undefined ? ip : joinHostPort(ip, number))));
  });
  const more = ready.length > LISTED ? ` + ${ready.length - LISTED} more...` : '';
  return ready.slice(0, LISTED).join(',') + more;
}

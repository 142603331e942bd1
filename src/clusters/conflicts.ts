/**
 * clusters, part: conflicts between the exports of one Service (KEP-1645, Constraints and Conflict Resolution). In:
 * Exported. Out: for each conflicting property a warning on every export, with all values and the one that counts.
 */
import type { Diagnostic, Key, Origin } from '../diag.js';
import { show } from '../diag.js';
import { compare } from '../order.js';
import { type IPFamily, ipFamilyOf, isHeadless, type Service } from '../read/types.js';
import { createdAt, type Export, type Exported } from './exports.js';
import { mergedPorts, portText } from './ports.js';

/** A property that must be the same in all clusters. */
interface Property {
  /** The reason of the condition Conflict (mcs-api, serviceexport.go). */
  readonly reason: string;
  readonly name: string;
  /** An export's value as text; undefined when the property does not apply to it. */
  readonly says: (from: Export) => string | undefined;
  /** The path of the value. */
  readonly at: readonly Key[];
  /** The path is in the ServiceExport, not in the Service. */
  readonly ofExport?: true;
  /** The result of the conflict, for properties that no single export decides. */
  readonly outcome?: (exports: readonly Export[]) => string;
}

const PROPERTIES: readonly Property[] = [
  {
    reason: 'PortConflict',
    name: 'ports',
    at: ['spec', 'ports'],
    says: ({ service }) => list(service.spec.ports.map(portText).sort()) || 'none',
    outcome: (exports) =>
      `Clients get ${list(mergedPorts(exports).map(portText))}, each led to the clusters that have it`,
  },
  {
    reason: 'TypeConflict',
    name: 'type',
    at: ['spec', 'clusterIP'],
    says: ({ service }) => (isHeadless(service) ? 'Headless' : 'ClusterSetIP'),
  },
  {
    reason: 'SessionAffinityConflict',
    name: 'sessionAffinity',
    at: ['spec', 'sessionAffinity'],
    says: ({ service }) => service.spec.sessionAffinity,
  },
  {
    reason: 'SessionAffinityConfigConflict',
    name: 'timeoutSeconds',
    at: ['spec', 'sessionAffinityConfig'],
    says: ({ service: { spec } }) =>
      spec.sessionAffinity === 'ClientIP' ? String(spec.affinityTimeoutSeconds) : undefined,
  },
  {
    reason: 'InternalTrafficPolicyConflict',
    name: 'internalTrafficPolicy',
    at: ['spec', 'internalTrafficPolicy'],
    says: ({ service }) => service.spec.internalTrafficPolicy,
  },
  {
    reason: 'TrafficDistributionConflict',
    name: 'trafficDistribution',
    at: ['spec', 'trafficDistribution'],
    says: ({ service }) => {
      const { trafficDistribution } = service.spec;
      return trafficDistribution === undefined ? 'not set' : show(trafficDistribution).slice(1, -1);
    },
  },
  {
    reason: 'IPFamilyConflict',
    name: 'ipFamilies',
    at: ['spec', 'ipFamilies'],
    says: ({ service }) => list([...familiesOf(service)].sort()),
    outcome: () => 'The Service has all of them, each with the endpoints of the clusters that have it',
  },
  {
    reason: 'LabelsConflict',
    name: 'exportedLabels',
    at: ['spec', 'exportedLabels'],
    ofExport: true,
    says: ({ object }) => mapText(object.exportedLabels),
  },
  {
    reason: 'AnnotationsConflict',
    name: 'exportedAnnotations',
    at: ['spec', 'exportedAnnotations'],
    ofExport: true,
    says: ({ object }) => mapText(object.exportedAnnotations),
  },
];

/** One warning for each export of `exported` and each property that they disagree about. */
export function conflictsOf({ exports }: Exported): readonly Diagnostic[] {
  return PROPERTIES.flatMap((property) => conflictsAbout(property, exports));
}

function conflictsAbout(property: Property, exports: Exported['exports']): readonly Diagnostic[] {
  const { reason, name, says, outcome } = property;
  const said = exports.flatMap((from) => {
    const value = says(from);
    return value === undefined ? [] : [{ from, value }];
  });
  const [winner] = said;
  if (!winner || said.every(({ value }) => value === winner.value)) return [];
  const message = `${reason}: ${name}: ${values(said)}. ${outcome?.(exports) ?? decided(exports)}`;
  return exports.map((each) => {
    // The winner's warning points at the first different value, all others at another export's value.
    const other = said.find(({ from, value }) => from !== each && (each !== winner.from || value !== winner.value));
    const about = { code: 'mcs-conflict', severity: 'warning', message, origin: each.object.origin } as const;
    if (!other) return about;
    const related = {
      message: `in ${other.from.cluster.name}: ${other.value}`,
      origin: placed(property, other.from),
    };
    return { ...about, related };
  });
}

/** `ClientIP in east; None in north and west`. */
function values(said: readonly { readonly from: Export; readonly value: string }[]): string {
  const clusters = new Map<string, string[]>();
  for (const { from, value } of said) clusters.set(value, [...(clusters.get(value) ?? []), from.cluster.name]);
  return [...clusters].map(([value, names]) => `${value} in ${list(names.sort())}`).join('; ');
}

function decided([first, ...others]: Exported['exports']): string {
  const { name } = first.cluster;
  const time = createdAt(first);
  if (time === Number.POSITIVE_INFINITY)
    return `The value in ${name} counts: it is the first by name, as no export has a creation time`;
  const alone = others.every((other) => createdAt(other) > time);
  return `The value in ${name} counts: its export is the ${alone ? 'oldest' : 'first by name of the oldest'}`;
}

/** The place of the property, also when it is not set. */
function placed({ at, ofExport }: Property, { object, service }: Export): Origin {
  return { ...(ofExport ? object : service).origin, path: at };
}

/** The IP families of a Service; without ipFamilies, those of its addresses, else IPv4. */
export function familiesOf({ spec }: Service): readonly IPFamily[] {
  if (spec.ipFamilies.length > 0) return spec.ipFamilies;
  const ips = spec.clusterIPs.filter((ip) => ip !== 'None');
  return ips.length > 0 ? ips.map(ipFamilyOf) : ['IPv4'];
}

function mapText(map: Readonly<Record<string, string>>): string {
  const entries = Object.entries(map).sort(([a], [b]) => compare(a, b));
  return entries.length === 0 ? 'none' : show(entries.map(([key, value]) => `${key}=${value}`).join(', '));
}

/** `a`, `a and b`, `a, b and c`. */
function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

/**
 * explain, faults: nodes that drop packets because a traffic policy is Local and they have no usable endpoint. Nothing
 * translates from one family to the other, so each family is judged by itself.
 */
import { isHeadless } from '../../read/types.js';
import { policiesOf } from '../../resolve/frontends.js';
import { type About, finding, servedFamilies, some } from '../about.js';
import type { Finding } from '../types.js';

/** Where the endpoints of a family are. */
interface Spread {
  /** `IPv6 `, or nothing where the families are alike. */
  readonly label: string;
  readonly has: readonly string[];
  readonly without: readonly string[];
  /** No node has an endpoint. */
  readonly nowhere: boolean;
}

/** At most one finding for each of the two policies. */
export function localFaults(about: About): readonly Finding[] {
  const { service } = about;
  const { type, clusterIPs, externalIPs } = service.spec;
  if (type === 'ExternalName' || clusterIPs.length === 0 || isHeadless(service)) return [];
  const { internal, external } = policiesOf(service);
  const lacking = spreads(about).filter(({ nowhere, without }) => nowhere || without.length > 0);
  const isOutside = type === 'NodePort' || type === 'LoadBalancer' || externalIPs.length > 0;
  // A load balancer sends to no node whose health check fails; where all fail, it has none to send to.
  const asked = lacking.filter(({ nowhere }) => nowhere || type !== 'LoadBalancer' || externalIPs.length > 0);
  const at = (field: string) => ({ ...service.origin, path: ['spec', field] });
  return [
    ...(internal === 'Local' && lacking.length > 0
      ? [finding('internal-local', ...insideText(lacking), LOCAL, at('internalTrafficPolicy'))]
      : []),
    ...(external === 'Local' && isOutside && asked.length > 0
      ? [finding('external-local', 'some', outsideText(asked), LOCAL, at('externalTrafficPolicy'))]
      : []),
  ];
}

const LOCAL = 'set the policy to Cluster, or run an endpoint on every node that clients use (a DaemonSet)';

/** One for each family with usable endpoints, or one for both where they lack the same nodes. */
function spreads({ snapshot, endpoints, service }: About): readonly Spread[] {
  const names = snapshot.nodes.map(({ metadata }) => metadata.name);
  const usable = endpoints.filter((each) => each.usable);
  const of = (label: string, families: readonly string[]): readonly Spread[] => {
    const own = usable.filter(({ slice }) => families.includes(slice.addressType));
    const has = [...new Set(own.flatMap(({ endpoint }) => endpoint.nodeName ?? []))];
    const without = names.filter((name) => !has.includes(name));
    const nowhere = names.length === 0 ? has.length === 0 : without.length === names.length;
    return own.length === 0 ? [] : [{ label, has, without, nowhere }];
  };
  const families = [...servedFamilies(service)];
  const each = families.flatMap((family) => of(`${family} `, [family]));
  const distinct = new Set(each.map(({ without, nowhere }) => JSON.stringify([without, nowhere])));
  return distinct.size < 2 ? of('', families) : each;
}

/** The effect and what to say of pods and nodes. */
function insideText(lacking: readonly Spread[]): readonly [Finding['effect'], string] {
  const isNobody = lacking.every(({ label, nowhere }) => label === '' && nowhere);
  const where = lacking.map(({ label, nowhere, without }) =>
    nowhere ? `no node has an ${label}endpoint` : `${some(without)} ${has(without)} no ${label}endpoint`,
  );
  const who = isNobody ? '' : ', and pods there are dropped';
  const why = lacking.map(whyOf).join('; ');
  return [isNobody ? 'nobody' : 'some', `internalTrafficPolicy is Local, but ${where.join(' and ')}${who} (${why})`];
}

function outsideText(asked: readonly Spread[]): string {
  const policy = 'externalTrafficPolicy is Local';
  const [first] = asked;
  if (first?.label === '' && first.nowhere)
    return `${policy}, but no node has an endpoint (${whyOf(first)}): all clients outside are dropped`;
  const nodes = asked.flatMap(({ without }) => without);
  const whom = asked.map(({ label, without }) => {
    const which = without.length === 0 ? 'any node' : some(without);
    return label === '' ? which : `${which} by ${label.trim()}`;
  });
  const pronoun = nodes.length === 1 ? 'it' : 'they';
  const which = first?.label === '' ? '' : ' of that family';
  return `${policy}: clients outside that ask ${whom.join(' or ')} are dropped, as ${pronoun} ${has(nodes)} no endpoint${which}`;
}

function whyOf({ label, has }: Spread): string {
  return has.length === 0 ? `its ${label}endpoints say no nodeName` : `its ${label}endpoints are on ${some(has)}`;
}

function has(nodes: readonly string[]): string {
  return nodes.length === 1 ? 'has' : 'have';
}

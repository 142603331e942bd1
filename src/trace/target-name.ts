/**
 * target-name: a DNS name → the address that the cluster's DNS answers with.
 */
import { candidates, knownOf, lookup, searchPath, type Try } from '../discover/dns/lookup.js';
import { podRecords } from '../discover/dns/pods.js';
import { recordsOf } from '../discover/dns/records.js';
import { type Family, parseIp } from '../ip.js';
import type { Snapshot } from '../read/types.js';
import { chosen, type Destination } from './destination.js';
import { type Answered, isProblem, type L4, type Problem } from './question.js';
import { l4, namesOf, portOf } from './target-service.js';
import { elsewhere, unnamed, type World } from './world.js';

interface Asking {
  readonly protocol: L4 | undefined;
  readonly domain: string;
  readonly namespace: string;
}

/** The destination of a DNS name: its first address in a family of the sender, and the port. */
export function namedDestination(
  { name, port }: { readonly name: string; readonly port?: number },
  { protocol, domain, namespace }: Asking,
  world: World,
  families: readonly Family[],
): Answered<Destination> {
  const { snapshot } = world;
  if (!snapshot) return unnamed(name);
  const names = candidates(name, searchPath(namespace, domain));
  if (!names) return { problem: `${name} is no DNS name`, hint: 'labels are of letters, digits, "-" and "_"' };
  const known = knownOf(recordsOf(snapshot, domain).value, [domain], podRecords(snapshot, domain));
  const { tries, answers } = lookup(known, names, ['A', 'AAAA']);
  const addresses = answers.flatMap((each) => ('address' in each ? (parseIp(each.address) ?? []) : []));
  const [first] = addresses;
  if (!first) return unanswered(name, tries, snapshot, namespace);
  const service = snapshot.services.find(({ spec }) => spec.clusterIPs.includes(first.text));
  const chosenPort = service && portOf(service, port === undefined ? undefined : String(port), protocol);
  if (port === undefined && (!chosenPort || isProblem(chosenPort)))
    return chosenPort ?? { problem: `a port must be said: ${name}:PORT` };
  const isKnown = chosenPort && !isProblem(chosenPort);
  const number = port ?? (isKnown ? chosenPort.port : 0);
  const more = addresses.length > 1 && !service;
  return chosen(addresses, families, {
    port: number,
    protocol: isKnown ? l4(chosenPort) : (protocol ?? 'tcp'),
    lookup: tries,
    ...(service && { service: { namespace: service.metadata.namespace, name: service.metadata.name } }),
    notes: more ? [`${name} has ${addresses.length} addresses; a client takes any, this is the first`] : [],
  });
}

function unanswered(name: string, tries: readonly Try[], { services }: Snapshot, home: string): Problem {
  const last = tries.at(-1);
  const asked = `asked for: ${tries.map((each) => each.name).join(', ')}`;
  switch (last?.outcome) {
    case 'no data':
      return {
        problem: `${name} is there, but has no address`,
        hint: 'a headless Service has addresses when endpoints are ready',
      };
    case 'CNAME':
      return {
        problem: `${name} leads to ${last.alias}, which is no name of the cluster`,
        hint: 'look that up, and trace to its address',
      };
    case 'loop':
      return { problem: `${name} leads in a circle, by CNAMEs` };
    default: {
      const [label = '', namespace = home] = name.split('.');
      const hint = elsewhere(namesOf(services), { namespace, name: label }, 'svc');
      return { problem: `${name} is no name of the cluster`, hint: hint === undefined ? asked : `${hint} (${asked})` };
    }
  }
}

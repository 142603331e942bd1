/**
 * rules: one Service → all that the node is to have for it, as text: what resolved.txt says, and every rule, set member,
 * virtual server and address, as the tools print them.
 */
import type { FamilyProgram, Program, Resolved } from '../backends/backend.js';
import type { Origin } from '../diag.js';
import { printResolved } from '../resolve/print.js';
import { formatServicePortName, type LocalPolicy, type ServicePort } from '../resolve/types.js';
import { print as printAddresses } from '../tools/addresses/print.js';
import { printEntry } from '../tools/ipset/print.js';
import type { Entry } from '../tools/ipset/types.js';
import { printRule } from '../tools/iptables/print.js';
import type { Chain } from '../tools/iptables/types.js';
import { print as printServers } from '../tools/ipvs/print.js';

/**
 * The text for `service`, as `namespace/name`, or undefined when the node serves no such Service. Of a chain or set that
 * Services share it has what is of this one; `localPolicy` is the proxy mode's.
 */
export function rulesOf(
  resolved: readonly Resolved[],
  program: Program,
  service: string,
  localPolicy: LocalPolicy,
): string | undefined {
  const found = resolved
    .map(({ node, ports }) => ({ node, ports: ports.filter((port) => serviceOf(port) === service) }))
    .filter(({ ports }) => ports.length > 0);
  if (found.length === 0) return undefined;
  const tables = found.flatMap(({ node, ports }) => [linesOf(printResolved(node, ports, localPolicy))]);
  const sections = found.flatMap(({ node, ports }) => {
    const family = program.families.find(({ about }) => about.family === node.family);
    return family ? sectionsOf(family, program.device ?? '', ownerOf(service, ports)) : [];
  });
  return `${[...tables, ...sections].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function serviceOf({ name }: ServicePort): string {
  return `${name.namespace}/${name.service}`;
}

/** Tells what is of one Service. */
interface Owner {
  readonly owns: (origin: Origin | undefined) => boolean;
  readonly ownsNamed: (thing: { readonly service?: string }) => boolean;
  readonly ownsMember: (member: Pick<Entry, 'ip' | 'protocol' | 'port'>) => boolean;
}

function ownerOf(service: string, ports: readonly ServicePort[]): Owner {
  const names = new Set(ports.map(({ name }) => formatServicePortName(name)));
  const object = `Service ${service}`;
  // What two Services have in common, such as an external IP, is there once and has the origin of one of them.
  const members = new Set(
    ports.flatMap(({ name, frontends, endpoints }) => {
      const protocol = name.protocol === 'TCP' ? 'tcp' : name.protocol === 'UDP' ? 'udp' : 'sctp';
      const addresses = [...frontends, ...endpoints.onNode].map(({ ip, port }) => ({
        ...(ip && { ip }),
        protocol,
        port,
      }));
      return [
        ...frontends.flatMap(({ ip }) => (ip === undefined ? [] : [printEntry({ ip })])),
        ...addresses.filter(({ ip }) => ip).map((address) => printEntry(address as Entry)),
      ];
    }),
  );
  return {
    owns: (origin) => origin?.object === object,
    ownsNamed: ({ service: name }) => name !== undefined && names.has(name),
    ownsMember: ({ ip, protocol, port }) =>
      members.has(printEntry({ ...(ip && { ip }), ...(protocol && { protocol }), ...(port && { port }) })),
  };
}

/** Each begins with a line that says what it is of: tool, and chain or set. */
function sectionsOf(family: FamilyProgram, device: string, owner: Owner): readonly (readonly string[])[] {
  const { ruleSet, sets, virtualServers, addresses } = family;
  const ipv4 = ruleSet.family === 'ipv4';
  const rules = ruleSet.tables.flatMap(({ name, chains }) =>
    chains.map((chain): readonly string[] => [
      `### ${ipv4 ? 'iptables' : 'ip6tables'} ${name} ${chain.name}`,
      ...chainLines(chain, ruleSet.family, owner),
    ]),
  );
  const members = sets.map(({ name, entries }) => [
    `### ipset ${name}`,
    ...entries
      .filter((entry) => owner.owns(entry.origin) || owner.ownsMember(entry))
      .map((entry) => `add ${name} ${printEntry(entry)}`),
  ]);
  const servers = virtualServers.filter((server) => owner.owns(server.origin) || owner.ownsNamed(server));
  const bound = addresses.filter(({ ip, origin }) => owner.owns(origin) || owner.ownsMember({ ip }));
  return [
    ...rules,
    ...members,
    ['### ipvsadm', ...linesOf(printServers({ virtualServers: servers }))],
    [`### ip ${device}`, ...linesOf(printAddresses({ device, create: false, addresses: bound }))],
  ].filter(({ length }) => length > 1);
}

function chainLines(chain: Chain, family: 'ipv4' | 'ipv6', owner: Owner): readonly string[] {
  const own = owner.ownsNamed(chain) || owner.owns(chain.origin);
  // The chain of another Service; to make its rules only to find that takes a while, there are many.
  if (!own && (chain.service !== undefined || chain.origin !== undefined)) return [];
  const rules = own ? chain.rules() : chain.rules().filter(({ origin }) => owner.owns(origin));
  const lines = rules.map((rule) => `-A ${chain.name}${printRule(rule, family)}`);
  return own ? [`:${chain.name} - [0:0]`, ...lines] : lines;
}

function linesOf(text: Iterable<{ readonly text: string }>): readonly string[] {
  return [...text].map((line) => line.text);
}

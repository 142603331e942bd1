/**
 * review: a ServicePort as it was and as it is → what of it changed, in the words of Services: ports, addresses,
 * policies, endpoints. What follows from something else that is told, such as a count of endpoints, is not told again.
 */
import { type EndpointView, type FrontendView, inWords, type PortView, SYNTHETIC } from '../resolve/view.js';

/** One field that changed: a value that became another, came or went; or members of a list that came and went. */
export interface FieldChange {
  /** `port`, `node port`, `policy`, `endpoints` … */
  readonly field: string;
  /** Which addresses or endpoints it is the field of, when not of all. */
  readonly of?: readonly string[];
  readonly before?: string;
  readonly after?: string;
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
}

/** What changed from `before` to `after`, two views of one ServicePort in one family. */
export function fieldChanges(before: PortView, after: PortView): readonly FieldChange[] {
  return [
    ...value('protocol', before.protocol, after.protocol),
    ...addressChanges(before, after),
    ...treatmentChanges(before, after),
    ...endpointChanges(before, after),
    ...otherChanges(before.others, after.others),
  ];
}

function value(field: string, before: string | undefined, after: string | undefined): readonly FieldChange[] {
  if (before === after) return [];
  return [{ field, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

function members(field: string, before: readonly string[], after: readonly string[]): readonly FieldChange[] {
  const [removed, added] = [without(before, after), without(after, before)];
  if (removed.length + added.length === 0) return [];
  return [{ field, ...(added.length > 0 && { added }), ...(removed.length > 0 && { removed }) }];
}

function without(these: readonly string[], those: readonly string[]): readonly string[] {
  const there = new Set(those);
  return [...new Set(these)].filter((each) => !there.has(each));
}

/** What an address is called where it comes or goes. */
export const KINDS: Readonly<Record<string, string>> = {
  ClusterIP: 'cluster IP',
  ExternalIP: 'external IP',
  LoadBalancerIP: 'load-balancer IP',
};

function addressChanges(before: PortView, after: PortView): readonly FieldChange[] {
  const lone = (kind: string) => value(KINDS[kind] ?? kind, ipsOf(before, kind)[0], ipsOf(after, kind)[0]);
  const listed = (kind: string) => members(KINDS[kind] ?? kind, ipsOf(before, kind), ipsOf(after, kind));
  return [
    ...value('port', portOf(before), portOf(after)),
    ...lone('ClusterIP'),
    ...listed('ExternalIP'),
    ...listed('LoadBalancerIP'),
    ...value('node port', nodePortOf(before), nodePortOf(after)),
    ...madeUp(before, after),
  ];
}

/** A value that was made up and is now written down, or the other way about. */
function madeUp(before: PortView, after: PortView): readonly FieldChange[] {
  const was = new Map(before.frontends.map(({ address }) => [bare(address), address]));
  const of = after.frontends.filter(({ address }) => (was.get(bare(address)) ?? address) !== address);
  const [first] = of;
  if (!first) return [];
  const [then, now] = first.address.endsWith(SYNTHETIC) ? ['given', 'synthetic'] : ['synthetic', 'given'];
  return [{ field: 'origin', of: of.map(({ address }) => bare(address)), before: then, after: now }];
}

function bare(address: string): string {
  return address.endsWith(SYNTHETIC) ? address.slice(0, -SYNTHETIC.length) : address;
}

/** `10.0.0.1` of `10.0.0.1:80`, `fd00::1` of `[fd00::1]:80`. */
function hostOf(address: string): string {
  return bare(address)
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '');
}

function numberOf(address: string): string {
  return /:(\d+)$/.exec(bare(address))?.[1] ?? '';
}

function ipsOf({ frontends }: PortView, wanted: string): readonly string[] {
  return frontends.filter(({ kind }) => kind === wanted).map(({ address }) => hostOf(address));
}

/** That of the Service: every address but the node's has it. */
function portOf({ frontends }: PortView): string | undefined {
  const first = frontends.find(({ kind }) => kind !== 'NodePort');
  return first && numberOf(first.address);
}

function nodePortOf({ frontends }: PortView): string | undefined {
  const found = frontends.find(({ kind }) => kind === 'NodePort');
  return found && numberOf(found.address);
}

/** How the addresses that stayed treat traffic. */
function treatmentChanges(before: PortView, after: PortView): readonly FieldChange[] {
  const key = ({ kind, address }: FrontendView) =>
    kind === 'ClusterIP' || kind === 'NodePort' ? kind : `${kind} ${hostOf(address)}`;
  const was = new Map(before.frontends.map((frontend) => [key(frontend), frontend]));
  const changes = after.frontends.flatMap((now) => {
    const then = was.get(key(now));
    return then ? treatmentOf(then, now).map((change) => ({ ...change, of: [now.kind] })) : [];
  });
  return merged(changes);
}

function treatmentOf(then: FrontendView, now: FrontendView): readonly FieldChange[] {
  const [from, to] = [destinationOf(then.goesTo), destinationOf(now.goesTo)];
  return [
    ...value('policy', then.policy, now.policy),
    ...value('masquerade', then.masquerade, now.masquerade),
    ...value('clients', from.sources, to.sources),
    // Between two counts of endpoints there is nothing that policy and endpoints do not tell.
    ...(from.refuses === to.refuses ? [] : value('traffic', from.goes, to.goes)),
  ];
}

/** `REJECT: no endpoints` is refused, `DROP: …` dropped; counts are told by the endpoints. */
function destinationOf(goesTo: string) {
  const [, goes = '', sources = 'all'] = /^(.*?)(?:, for clients in (.*?))?(?:; from .*)?$/.exec(goesTo) ?? [];
  return { goes: inWords(goes), sources, refuses: /^\d+ endpoint/.test(goes) ? '' : goes };
}

/** One change for all addresses, or endpoints, that have it. */
function merged(changes: readonly FieldChange[]): readonly FieldChange[] {
  const byChange = new Map<string, FieldChange>();
  for (const change of changes) {
    const { of = [], ...rest } = change;
    const key = JSON.stringify(rest);
    byChange.set(key, { ...rest, of: [...new Set([...(byChange.get(key)?.of ?? []), ...of])] });
  }
  return [...byChange.values()];
}

function endpointChanges({ endpoints: before, ...was }: PortView, { endpoints: after, ...is }: PortView) {
  const then = new Map(before.map((endpoint) => [endpoint.address, endpoint]));
  const policies = ({ frontends }: Pick<PortView, 'frontends'>) => frontends.map(({ policy }) => policy).join();
  const samePolicies = policies(was) === policies(is);
  const own = after.flatMap((now) => {
    const { state = now.state, sets = now.sets } = then.get(now.address) ?? {};
    // Which policy an endpoint serves follows from the policies, where those changed.
    const changes = [...value('state', state, now.state), ...(samePolicies ? value('serves', sets, now.sets) : [])];
    return changes.map((change) => ({ ...change, of: [now.address] }));
  });
  const addresses = (endpoints: readonly EndpointView[]) => endpoints.map(({ address }) => address);
  return [...(targetPort(before, after) ?? members('endpoints', addresses(before), addresses(after))), ...merged(own)];
}

/** The same endpoints on another port. */
function targetPort(
  before: readonly EndpointView[],
  after: readonly EndpointView[],
): readonly FieldChange[] | undefined {
  const ports = (endpoints: readonly EndpointView[]) => [...new Set(endpoints.map(({ address }) => numberOf(address)))];
  const hosts = (endpoints: readonly EndpointView[]) => endpoints.map(({ address }) => hostOf(address)).sort();
  const [[from, other], [to, another]] = [ports(before), ports(after)];
  if (other !== undefined || another !== undefined || from === to) return undefined;
  if (hosts(before).join() !== hosts(after).join()) return undefined;
  return value('target port', from, to);
}

/** `name: value`, as `health check node port: 31000`. */
function otherChanges(before: readonly string[], after: readonly string[]): readonly FieldChange[] {
  const named = (lines: readonly string[]) =>
    new Map(lines.map((line) => (/^([^:]+): (.*)$/.exec(line) ?? ['', line, 'yes']).slice(1) as [string, string]));
  const [was, is] = [named(before), named(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => value(name, was.get(name), is.get(name)));
}

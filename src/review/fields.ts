/**
 * review: two views of a ServicePort → the changed fields, in the words of Services: ports, addresses, policies,
 * endpoints. A change that follows from another one, such as a count of endpoints, is not reported again.
 */
import { type EndpointView, type FrontendView, inWords, type PortView, SYNTHETIC } from '../resolve/view.js';

/**
 * A changed field: a value that was replaced, added or removed, or members that were added to or removed from a list.
 */
export interface FieldChange {
  /** `port`, `node port`, `policy`, `endpoints` … */
  readonly field: string;
  /** The addresses or endpoints that have the change, if not all of them. */
  readonly of?: readonly string[];
  readonly before?: string;
  readonly after?: string;
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
}

/** The changes from `before` to `after`, two views of one ServicePort in one family. */
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

/** The names of addresses in changes. */
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

/** A value that was synthetic and is now in the input, or the other way round. */
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

/** The Service's port, which all addresses but the node port's have. */
function portOf({ frontends }: PortView): string | undefined {
  const first = frontends.find(({ kind }) => kind !== 'NodePort');
  return first && numberOf(first.address);
}

function nodePortOf({ frontends }: PortView): string | undefined {
  const found = frontends.find(({ kind }) => kind === 'NodePort');
  return found && numberOf(found.address);
}

/** Changes of policy, masquerading, clients and traffic of addresses that are in both views. */
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
    // Changed counts of endpoints follow from the changes of policy and endpoints.
    ...(from.refuses === to.refuses ? [] : value('traffic', from.goes, to.goes)),
  ];
}

/** The parts of `goesTo`; `refuses` is `''` when traffic goes to endpoints. */
function destinationOf(goesTo: string) {
  const [, goes = '', sources = 'all'] = /^(.*?)(?:, for clients in (.*?))?(?:; from .*)?$/.exec(goesTo) ?? [];
  return { goes: inWords(goes), sources, refuses: /^\d+ endpoint/.test(goes) ? '' : goes };
}

/** Merges equal changes of several addresses or endpoints into one. */
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
    // When the policies changed, the sets of an endpoint change with them.
    const changes = [...value('state', state, now.state), ...(samePolicies ? value('serves', sets, now.sets) : [])];
    return changes.map((change) => ({ ...change, of: [now.address] }));
  });
  const addresses = (endpoints: readonly EndpointView[]) => endpoints.map(({ address }) => address);
  return [...(targetPort(before, after) ?? members('endpoints', addresses(before), addresses(after))), ...merged(own)];
}

/** The change when all endpoints are the same but for their port; undefined otherwise. */
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

/** Changes of `name: value` lines, such as `health check node port: 31000`. */
function otherChanges(before: readonly string[], after: readonly string[]): readonly FieldChange[] {
  const named = (lines: readonly string[]) =>
    new Map(lines.map((line) => (/^([^:]+): (.*)$/.exec(line) ?? ['', line, 'yes']).slice(1) as [string, string]));
  const [was, is] = [named(before), named(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => value(name, was.get(name), is.get(name)));
}

/**
 * read, beside the snapshot: kube-proxy's own configuration file becomes Options. In: a Source with a
 * KubeProxyConfiguration among other documents, or inside a ConfigMap as kubeadm keeps it. Out: Options.
 */
import type { Checked, Diagnostic, Origin, Source } from '../diag.js';
import { hasErrors, show } from '../diag.js';
import { type DaemonOptions, DEFAULT_OPTIONS, type Options, type Periods } from '../options.js';
import { cursor, isMapping } from './check.js';
import { type ConfigFields, kubeProxyConfiguration } from './config/fields.js';
import { parseSource } from './parse.js';
import type { RawObject } from './types.js';

/**
 * The options that `source` sets, defaults for the others. Unknown fields are warnings. Errors: `syntax`,
 * `invalid-field`, `missing-field`, `no-config` when there is none, `duplicate-object` when there are several.
 */
export function readConfig(source: Source): Checked<Options> {
  const { value: objects, diagnostics } = parsed(source);
  const found = objects.flatMap(unpack);
  const configs = found.flatMap(({ value }) => value).filter(isConfig);
  const problems = [...diagnostics, ...found.flatMap(({ diagnostics }) => diagnostics)];
  const [config, second] = configs;
  if (second) problems.push(duplicate(second, config));
  if (!config) {
    if (!hasErrors(problems))
      problems.push(
        noConfig(
          source,
          found.flatMap(({ value }) => value),
        ),
      );
    return { value: DEFAULT_OPTIONS, diagnostics: problems };
  }
  const at = cursor(config.source.text.length);
  const fields = kubeProxyConfiguration(config.value, at);
  const origin = originOf(config);
  for (const { path, atKey, ...problem } of at.problems) {
    problems.push({ ...problem, origin: { ...origin, path, ...(atKey && { atKey }) } });
  }
  return { value: fields ? optionsOf(fields) : DEFAULT_OPTIONS, diagnostics: problems };
}

const API_VERSION = 'kubeproxy.config.k8s.io/v1alpha1';
const KIND = 'KubeProxyConfiguration';

function parsed(source: Source): Checked<readonly RawObject[]> {
  const all = [...parseSource(source)];
  return {
    value: all.flatMap((each) => ('object' in each ? [each.object] : [])),
    diagnostics: all.flatMap((each) => ('problem' in each ? [each.problem] : [])),
  };
}

function isConfig({ value }: RawObject): boolean {
  return isMapping(value) && value.kind === KIND && value.apiVersion === API_VERSION;
}

function originOf({ source, document, base }: RawObject): Origin {
  return { source, document, base, object: KIND, path: [] };
}

/** The object itself, and the objects inside a ConfigMap's texts. kubeadm's key is config.conf; any key is read. */
function unpack(raw: RawObject): Checked<readonly RawObject[]> {
  const { value, source, document, base } = raw;
  const data = isMapping(value) && value.kind === 'ConfigMap' ? value.data : undefined;
  if (!isMapping(data)) return { value: [raw], diagnostics: [] };
  const inner: RawObject[] = [raw];
  const diagnostics: Diagnostic[] = [];
  for (const key of Object.keys(data)) {
    const text = data[key];
    if (typeof text !== 'string' || !text.includes(KIND)) continue;
    const embedded: Origin = { source, document, base, object: 'ConfigMap', path: ['data', key] };
    const found = parsed({ name: `${source.name}: ConfigMap data ${show(key)}`, text, embedded });
    inner.push(...found.value);
    diagnostics.push(...found.diagnostics);
  }
  return { value: inner, diagnostics };
}

function duplicate(second: RawObject, first: RawObject | undefined): Diagnostic {
  const message = `there is more than one ${KIND}`;
  const related = first && { message: 'the first one is here', origin: originOf(first) };
  return {
    code: 'duplicate-object',
    severity: 'error',
    message,
    origin: originOf(second),
    ...(related && { related }),
  };
}

/** The number of objects that a message lists at most. */
const LISTED = 5;

function noConfig(source: Source, objects: readonly RawObject[]): Diagnostic {
  const all = [...new Set(objects.map(({ value }) => whatItIs(value)))];
  const names = all.slice(0, LISTED);
  const more = all.length > LISTED ? ' and more' : '';
  const has = names.length === 0 ? 'nothing' : `${names.join(', ')}${more}`;
  return {
    code: 'no-config',
    severity: 'error',
    message: `this must hold a ${KIND} of apiVersion ${API_VERSION}, it has ${has}`,
    origin: { source, document: 0, base: [], path: [], offset: 0 },
    hint: 'kubectl -n kube-system get configmap kube-proxy -o yaml gives it on kubeadm clusters',
  };
}

function whatItIs(value: unknown): string {
  const { kind, apiVersion } = isMapping(value) ? value : {};
  if (kind === undefined || kind === null || kind === '') return 'an object without a kind';
  if (kind !== KIND) return show(kind);
  return apiVersion === undefined ? `a ${KIND} without apiVersion` : `a ${KIND} of apiVersion ${show(apiVersion)}`;
}

/**
 * Absent fields and an empty detectLocalMode keep their defaults. An empty proxy mode is kept: it means "the default
 * mode".
 */
function optionsOf(fields: ConfigFields): Options {
  const { iptables = {}, detectLocal = {}, conntrack = {}, ipvs = {}, nftables = {}, featureGates = {} } = fields;
  const given = {
    mode: fields.mode,
    nodeName: fields.hostnameOverride,
    bindAddress: fields.bindAddress,
    clusterCIDRs: fields.clusterCIDR,
    detectLocalMode: fields.detectLocalMode || undefined,
    bridgeInterface: detectLocal.bridgeInterface,
    interfaceNamePrefix: detectLocal.interfaceNamePrefix,
    nodePortAddresses: fields.nodePortAddresses,
    masqueradeAll: iptables.masqueradeAll,
    masqueradeBit: iptables.masqueradeBit,
    localhostNodePorts: iptables.localhostNodePorts,
    nftables: {
      ...DEFAULT_OPTIONS.nftables,
      ...definedOf({ masqueradeAll: nftables.masqueradeAll, masqueradeBit: nftables.masqueradeBit }),
    },
    externalIPs: featureGates.AllowServiceExternalIPs,
    tcpBeLiberal: conntrack.tcpBeLiberal,
    ipvs: {
      scheduler: ipvs.scheduler ?? '',
      excludeCIDRs: ipvs.excludeCIDRs ?? [],
      strictARP: ipvs.strictARP ?? false,
      timeouts: {
        tcp: Math.floor(ipvs.tcpTimeout ?? 0),
        tcpFin: Math.floor(ipvs.tcpFinTimeout ?? 0),
        udp: Math.floor(ipvs.udpTimeout ?? 0),
      },
    },
    userspace: {
      proxyPorts: fields.portRange || DEFAULT_OPTIONS.userspace.proxyPorts,
      udpIdle: fields.udpIdleTimeout ? Math.ceil(fields.udpIdleTimeout * 1000) : DEFAULT_OPTIONS.userspace.udpIdle,
    },
    daemon: {
      periods: {
        iptables: periods(iptables, 'iptables'),
        ipvs: periods(ipvs, 'ipvs'),
        nftables: periods(nftables, 'nftables'),
      },
      healthz: fields.healthzBindAddress ?? DEFAULT_OPTIONS.daemon.healthz,
      metrics: fields.metricsBindAddress ?? DEFAULT_OPTIONS.daemon.metrics,
    },
  };
  return { ...DEFAULT_OPTIONS, ...definedOf(given) };
}

/** A syncPeriod of 0 means the default; a minSyncPeriod of 0 means that changes are not collected. */
function periods(
  { syncPeriod, minSyncPeriod }: { readonly syncPeriod?: number; readonly minSyncPeriod?: number },
  mode: keyof DaemonOptions['periods'],
): Periods {
  const usual = DEFAULT_OPTIONS.daemon.periods[mode];
  return { sync: syncPeriod || usual.sync, minSync: minSyncPeriod ?? usual.minSync };
}

/** `values` without its undefined ones. */
function definedOf<T extends object>(values: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}

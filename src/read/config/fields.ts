/**
 * KubeProxyConfiguration kubeproxy.config.k8s.io/v1alpha1 as a table: every field it has or had, with the check that
 * kube-proxy's ValidateKubeProxyConfiguration makes of it.
 */
import { show } from '../../diag.js';
import { DEFAULT_OPTIONS, DETECT_LOCAL_MODES, type Listen } from '../../options.js';
import {
  also,
  anything,
  bool,
  type Check,
  type Cursor,
  child,
  convert,
  fail,
  type Infer,
  int,
  isMapping,
  kindOf,
  list,
  number,
  oneOf,
  text,
} from '../check.js';
import { DNS1123_SUBDOMAIN } from '../names.js';
import { ignored, optional, strictObject } from '../object.js';
import {
  type Parsed,
  type PortRange,
  parseBindAddress,
  parseClusterCIDRs,
  parseDuration,
  parseInterfaceName,
  parseListen,
  parseNetwork,
  parseNodePortAddresses,
  parsePortRange,
} from '../values.js';

/** The checked fields that vipc uses; config.ts adds the defaults of absent ones. */
export const kubeProxyConfiguration: Check<ConfigFields> = (value, at) => fields(value, at);

export type ConfigFields = Infer<typeof fields>;

/** Seconds; negative ones are refused, 0 means the default. */
const duration = also(
  (value, at) => {
    if (typeof value !== 'number') return parsedBy(parseDuration)(value, at);
    fail(at, `must be a duration such as "30s" or "1m30s", is ${value}`);
    return undefined;
  },
  (seconds, at) => {
    if (seconds < 0) fail(at, `must not be negative, is ${seconds}s`);
  },
);

const INT32 = 2 ** 31 - 1;
const unread = { text: ignored(text), bool: ignored(bool), number: ignored(number), any: ignored(anything) };
const unreadDuration = ignored(duration);
const unreadInt = ignored(int(0, INT32));

/** The schedulers of ipvsadm(8); the kernel module of each is ip_vs_NAME. */
const SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'mh',
  'twos',
] as const;

/** kube-proxy's default syncPeriod, which minSyncPeriod is compared with. */
const SYNC_SECONDS = 30;

const sync = { syncPeriod: optional(duration), minSyncPeriod: optional(duration) };
const marks = { masqueradeBit: optional(int(0, 31)), masqueradeAll: optional(bool) };

const iptables = periods(strictObject({ ...marks, ...sync, localhostNodePorts: optional(bool) }));

const nftables = periods(strictObject({ ...marks, ...sync }));

const ipvs = periods(
  strictObject({
    ...sync,
    scheduler: optional(emptyOr(oneOf(SCHEDULERS))),
    excludeCIDRs: optional(list(parsedBy(parseNetwork))),
    strictARP: optional(bool),
    tcpTimeout: optional(duration),
    tcpFinTimeout: optional(duration),
    udpTimeout: optional(duration),
  }),
);

const conntrack = strictObject({
  max: unreadInt,
  maxPerCore: unreadInt,
  min: unreadInt,
  tcpEstablishedTimeout: unreadDuration,
  tcpCloseWaitTimeout: unreadDuration,
  tcpBeLiberal: optional(bool),
  udpTimeout: unreadDuration,
  udpStreamTimeout: unreadDuration,
});

const clientConnection = strictObject({
  kubeconfig: unread.text,
  acceptContentTypes: unread.text,
  contentType: unread.text,
  qps: unread.number,
  burst: unread.number,
});

const winkernel = strictObject({
  networkName: unread.text,
  sourceVip: unread.text,
  enableDSR: unread.bool,
  rootHnsEndpointName: unread.text,
  forwardHealthCheckVip: unread.bool,
});

const interfaceName = emptyOr(parsedBy(parseInterfaceName));

const detectLocal = strictObject({
  bridgeInterface: optional(interfaceName),
  interfaceNamePrefix: optional(interfaceName),
});

/** A node's name, trimmed and lower-cased as kube-proxy's GetHostname does it. */
const hostname: Check<string> = convert(text, (given, at) => {
  const name = given.trim().toLowerCase();
  if (name === '' || DNS1123_SUBDOMAIN.matches(name)) return name;
  return fail(at, `must be a node's name, ${DNS1123_SUBDOMAIN.allowed}, is ${show(given)}`);
});

/** An empty text and `0-0` mean the default, as in kube-proxy. */
const portRange = parsedBy(
  (given): Parsed<PortRange | undefined> =>
    given === '' || given === '0-0' ? { value: undefined } : parsePortRange(given),
);

const nodePortAddresses = convert(list(text), (given, at) => accept(parseNodePortAddresses(given), at));

const fields = also(
  strictObject({
    apiVersion: unread.text,
    kind: unread.text,
    bindAddress: optional(parsedBy(parseBindAddress)),
    bindAddressHardFail: unread.bool,
    clientConnection: ignored(clientConnection),
    clusterCIDR: optional(parsedBy(parseClusterCIDRs)),
    configSyncPeriod: unreadDuration,
    conntrack: optional(conntrack),
    detectLocal: optional(detectLocal),
    detectLocalMode: optional(emptyOr(oneOf(DETECT_LOCAL_MODES))),
    enableProfiling: unread.bool,
    featureGates: optional(featureGates),
    healthzBindAddress: optional(listen(DEFAULT_OPTIONS.daemon.healthz)),
    hostnameOverride: optional(hostname),
    iptables: optional(iptables),
    ipvs: optional(ipvs),
    logging: unread.any,
    metadata: unread.any,
    metricsBindAddress: optional(listen(DEFAULT_OPTIONS.daemon.metrics)),
    metricsBindHardFail: unread.bool,
    mode: optional(emptyOr(oneOf(['iptables', 'ipvs', 'nftables', 'userspace']))),
    nftables: optional(nftables),
    nodePortAddresses: optional(nodePortAddresses),
    oomScoreAdj: ignored(int(-1000, 1000)),
    portRange: optional(portRange),
    resourceContainer: unread.text,
    showHiddenMetricsForVersion: unread.text,
    udpIdleTimeout: optional(duration),
    windowsRunAsService: unread.bool,
    winkernel: ignored(winkernel),
  }),
  checkDetectLocal,
);

/** The address and port to listen on; an empty text means the default. */
function listen(usual: Listen): Check<Listen> {
  return parsedBy((given) => (given === '' ? { value: usual } : parseListen(given, usual.port)));
}

/** A check from a parser of texts. */
function parsedBy<T>(parse: (text: string) => Parsed<T>): Check<T> {
  return convert(text, (given, at) => accept(parse(given), at));
}

function accept<T>(parsed: Parsed<T>, at: Cursor): T | undefined {
  return parsed.problem === undefined ? parsed.value : fail(at, parsed.problem);
}

/** `check`, or an empty string, which means the default. */
function emptyOr<T extends string>(check: Check<T>): Check<T | ''> {
  return (value, at) => (value === '' ? value : check(value, at));
}

/** minSyncPeriod must not be greater than syncPeriod, which may be a default. */
function periods<T extends { readonly syncPeriod?: number; readonly minSyncPeriod?: number }>(
  check: Check<T>,
): Check<T> {
  return also(check, ({ syncPeriod, minSyncPeriod = 0 }, at) => {
    const sync = syncPeriod || SYNC_SECONDS;
    if (minSyncPeriod <= sync) return;
    fail(at, `must not be greater than syncPeriod, ${sync}s, is ${minSyncPeriod}s`, { key: 'minSyncPeriod' });
  });
}

/** The gates that vipc knows. Any other name is allowed too: the names change with every release. */
function featureGates(value: unknown, at: Cursor): { readonly AllowServiceExternalIPs?: boolean } | undefined {
  if (!isMapping(value)) return fail(at, `must be a mapping, is ${kindOf(value)}`);
  const read = new Map(Object.keys(value).map((name) => [name, child(at, name, value[name], bool)]));
  const AllowServiceExternalIPs = read.get('AllowServiceExternalIPs');
  return AllowServiceExternalIPs === undefined ? {} : { AllowServiceExternalIPs };
}

type DetectLocal = Infer<typeof detectLocal>;

/** The field of detectLocal that each interface mode needs. */
const NEEDED = { BridgeInterface: 'bridgeInterface', InterfaceNamePrefix: 'interfaceNamePrefix' } as const;

function checkDetectLocal(
  { detectLocalMode, detectLocal }: { readonly detectLocalMode?: string; readonly detectLocal?: DetectLocal },
  at: Cursor,
): void {
  if (detectLocalMode !== 'BridgeInterface' && detectLocalMode !== 'InterfaceNamePrefix') return;
  const needed = NEEDED[detectLocalMode];
  if (detectLocal?.[needed]) return;
  const more = { code: 'missing-field', key: 'detectLocalMode' };
  fail(at, `is ${detectLocalMode}, which needs detectLocal.${needed}`, more);
}

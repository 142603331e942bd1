/**
 * The contract of a backend: what a proxy mode must offer.
 */
import type { Checked, Diagnostic } from '../diag.js';
import type { Cidr, Family } from '../ip.js';
import type { JsonObject } from '../json.js';
import type { Options, Periods } from '../options.js';
import type { LocalPolicy, NodeContext, Peer, ServicePort } from '../resolve/types.js';
import type { Section, Text } from '../text.js';
import type { Rule } from '../tools/iptables/types.js';
import type { IpvsOurs } from '../tools/ipvs/tool.js';
import type { NftOurs } from '../tools/nft/tool.js';
import type { DesiredState, Differences, ObservedState, ToolName } from '../tools/tools.js';
import type { Features } from './features.js';

/** The output of the front half for one family. */
export interface Resolved {
  readonly node: NodeContext;
  readonly ports: readonly ServicePort[];
  /** All Nodes of the cluster. */
  readonly peers: readonly Peer[];
  /** The networks of cluster IPs, as far as the API's ServiceCIDRs tell them. */
  readonly serviceCIDRs: readonly Cidr[];
}

/** How many ServicePorts with a node port a node has in a family. */
export interface NodePorts {
  readonly node: NodeContext;
  readonly nodePorts: number;
  /** Those that no relay serves: it relays TCP. */
  readonly notRelayed: number;
}

/** Those of some ServicePorts. */
export function countNodePorts(ports: readonly ServicePort[]): Omit<NodePorts, 'node'> {
  const having = ports.filter(({ frontends }) => frontends.some(({ ip }) => ip === undefined));
  return { nodePorts: having.length, notRelayed: having.filter(({ name }) => name.protocol !== 'TCP').length };
}

/**
 * How ServicePorts of one family depend on each other: which must be lowered together, so that a difference between two
 * states of some of them is that between the states of all.
 */
export interface Ties {
  /** What a node has once, though several ServicePorts may want it. Those with a claim in common are tied. */
  readonly claims: (port: ServicePort) => readonly string[];
  /** Set when those that are tied to a tied ServicePort matter, too. */
  readonly isTransitive?: true;
  /** What each ServicePort needs of what exists once. `ports` are in order, each with all that it is tied to. */
  readonly needs: (ports: readonly ServicePort[]) => Iterable<readonly [ServicePort, Needs]>;
}

/** What is there as long as a ServicePort needs it. Another with the same need stands in for all that have it. */
export interface Needs {
  /** One stands in when a ServicePort with the need changes. */
  readonly own: readonly string[];
  /** One stands in at every change, because the need decides about lines that serve several needs. */
  readonly always: readonly string[];
}

/** What a daemon keeps to lower only what changes. */
export interface Kept extends Ties {
  /**
   * Puts ServicePorts in the place of others, in what is kept of all; false when that changes the rules of others, so that
   * all must be lowered anew.
   */
  replace(before: readonly Resolved[], after: readonly Resolved[]): boolean;
  /** The state that serves `part`; a chain that ServicePorts share has the rules of all, if it has any of theirs. */
  lower(part: readonly Resolved[]): DesiredState;
  /**
   * Options with which all, as they are and as they were before the last change, are lowered as they are kept; absent:
   * nothing depends on what was before.
   */
  readonly options?: () => Options;
  /** As `noRoom` of the backend, of all that is kept; the very same list until it changes. */
  readonly noRoom?: () => readonly Diagnostic[];
}

/** What a mode has on a node beside the chains of ServicePorts, as far as names identify it. */
export interface ModeOurs {
  /** Chains of iptables that every node has. */
  readonly chains?: readonly string[];
  /** Rules that lead from built-in chains to those. */
  readonly jumps?: readonly Rule[];
  readonly isSet?: (name: string) => boolean;
  /** The device that holds virtual IPs. */
  readonly device?: string;
  /** Tables of nftables. */
  readonly isTable?: NftOurs['isTable'];
  /** Those of them that only vipc writes; in kube-proxy's layout its own tables look like kube-proxy's. */
  readonly isOwnTable?: NftOurs['isOwn'];
  /** Virtual servers of a node. */
  readonly servers?: (observed: ObservedState) => IpvsOurs;
}

/** One file of the output: rules that a tool loads as they are, or a table for people. */
export interface Artifact {
  /** File name, such as `iptables.rules`. */
  readonly name: string;
  /** The contents of the file, one after the other. */
  readonly parts: readonly Part[];
  /** Splits a text of this kind for review: this one, or an older one from a file. */
  readonly sections: (text: string) => readonly Section[];
}

/** What one family contributes to an artifact. */
export interface Part {
  /** Absent when the part serves both. */
  readonly family?: Family;
  /** How many ServicePorts it serves. */
  readonly ports: number;
  /** The synthetic part of the input, as `1 address and 2 endpoints`; the text and the JSON begin with it. */
  readonly synthetic?: string;
  /** Can be iterated over more than once; each iteration computes it anew. */
  readonly text: Text;
  /** The same as data for JSON. */
  readonly data: JsonObject;
}

/** How many ServicePorts there are, by family. */
export type PortCounts = Readonly<Partial<Record<Family, number>>>;

/** How to lower, beside the options. */
export interface Lowering {
  /** One of the backend's layouts. */
  readonly layout: string;
  readonly features: Features;
}

export interface Backend {
  /** The proxy mode, as KubeProxyConfiguration calls it. */
  readonly mode: string;
  /** The first is the default of commands that work on texts. */
  readonly layouts: readonly string[];
  /** The default of commands that program a node or compare with one; absent when it is the same. */
  readonly liveLayout?: string;
  readonly localPolicy: LocalPolicy;
  /** Kinds of objects that some of its rules need, beside Services, EndpointSlices and Nodes. */
  readonly also?: readonly 'ServiceCIDR'[];
  /** The names of the files that `artifacts` may give. */
  readonly files: readonly string[];
  /** The part of `resolved` that this mode can serve, with errors for the rest and warnings for surprises. */
  readonly admit: (resolved: readonly Resolved[], options: Options) => Checked<readonly Resolved[]>;
  /** Warnings about node ports that cannot be reached on a node. */
  readonly unserved?: (nodes: readonly NodePorts[], options: Options) => readonly Diagnostic[];
  /** Errors for what of `resolved`, which is admitted, has no place on the node; absent: there is room for all. */
  readonly noRoom?: (resolved: readonly Resolved[], options: Options) => readonly Diagnostic[];
  /** The desired state that serves `resolved`, as far as there is room. */
  readonly lower: (resolved: readonly Resolved[], options: Options, how: Lowering) => DesiredState;
  /** The same for a daemon, which lowers a few ServicePorts of `resolved` at a time. */
  readonly keep: (resolved: readonly Resolved[], options: Options, how: Lowering) => Kept;
  /** The files that hold a state, in load order; `ports` tells how many ServicePorts each family has in it. */
  readonly artifacts: (state: DesiredState, ports: PortCounts) => readonly Artifact[];
  /** Set when the daemon is a part of what serves: rules alone lead nowhere. */
  readonly needsDaemon?: true;
  /** The tools that must be on the node. */
  readonly tools: readonly ToolName[];
  /** How often a daemon syncs. */
  readonly periods: (options: Options) => Periods;
  /** What is ours on a node in this mode. */
  readonly ours: ModeOurs;
  /** UDP addresses and ports that were served before a change, as servedKey() writes them. */
  readonly formerly: (differences: Differences) => readonly string[];
}

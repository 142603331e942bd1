/**
 * The contract of a backend: what a proxy mode must offer, and nothing else.
 */
import type { Checked } from '../diag.js';
import type { Family } from '../ip.js';
import type { Memo } from '../memo.js';
import type { Options } from '../options.js';
import type { LocalPolicy, NodeContext, Peer, ServicePort } from '../resolve/types.js';
import type { Section, Text } from '../text.js';
import type { Address } from '../tools/addresses/types.js';
import type { IpSet } from '../tools/ipset/types.js';
import type { RuleSet } from '../tools/iptables/types.js';
import type { Timeouts, VirtualServer } from '../tools/ipvs/types.js';
import type { Sysctls } from '../tools/sysctl.js';
import type { Features } from './features.js';

/** The front half's answer for one family. */
export interface Resolved {
  readonly node: NodeContext;
  readonly ports: readonly ServicePort[];
  /** All Nodes of the cluster. */
  readonly peers: readonly Peer[];
}

/** All that a proxy mode programs on a node, in the words of each tool. */
export interface Program {
  readonly families: readonly FamilyProgram[];
  /** How long IPVS remembers idle connections, of both families. */
  readonly timeouts?: Timeouts;
  /** The device that holds the virtual IPs. */
  readonly device?: string;
  readonly sysctls: Sysctls;
}

/** What serves one family; what a mode has no use for is empty. */
export interface FamilyProgram {
  /** How many ServicePorts went into it. */
  readonly about: Pick<Part, 'ports'> & { readonly family: Family };
  readonly ruleSet: RuleSet;
  readonly sets: readonly IpSet[];
  readonly virtualServers: readonly VirtualServer[];
  /** Virtual IPs on the device. */
  readonly addresses: readonly Address[];
}

/** One file of the output: rules that a tool loads as they are, or a table for people. */
export interface Artifact {
  /** File name, such as `iptables.rules`. */
  readonly name: string;
  /** The file is these, one after the other. */
  readonly parts: readonly Part[];
  /** Takes a text of this kind apart for review: this one, or an older one from a file. */
  readonly sections: (text: string) => readonly Section[];
}

/** What one family contributes to an artifact. */
export interface Part {
  /** Absent when it serves both. */
  readonly family?: Family;
  /** How many ServicePorts went into it. */
  readonly ports: number;
  /** What of the file is made up, as `1 address and 2 endpoints`; its text and JSON begin with that. */
  readonly synthetic?: string;
  /** Can be iterated over more than once; each time it is made anew. */
  readonly text: Text;
  /** The same as one JSON object and a newline, in pieces. */
  readonly json: Iterable<string>;
}

/** How to lower, beyond what the options say. */
export interface Lowering {
  /** One of the backend's. */
  readonly layout: string;
  readonly features: Features;
  readonly memo: Memo;
}

export interface Backend {
  /** The proxy mode, as KubeProxyConfiguration calls it. */
  readonly mode: string;
  /** The first is the default. */
  readonly layouts: readonly string[];
  readonly localPolicy: LocalPolicy;
  /** What of `resolved` this mode can serve, with errors for what it can't and warnings for what may surprise. */
  readonly admit: (resolved: readonly Resolved[], options: Options, memo: Memo) => Checked<readonly Resolved[]>;
  /** What serves `resolved`. */
  readonly lower: (resolved: readonly Resolved[], options: Options, how: Lowering) => Program;
  /** The files that hold a program, in the order to load them. */
  readonly artifacts: (program: Program) => readonly Artifact[];
}

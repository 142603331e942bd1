/**
 * The contract of a backend: what a proxy mode must offer, and nothing else.
 */
import type { Family } from '../ip.js';
import type { Options } from '../options.js';
import type { NodeContext, ServicePort } from '../resolve/types.js';
import type { Section, Text } from '../text.js';

/** The front half's answer for one family. */
export interface Resolved {
  readonly node: NodeContext;
  readonly ports: readonly ServicePort[];
}

/** One file of the output: rules that a tool loads as they are, or a table for people. */
export interface Artifact {
  /** File name, such as `iptables.rules`. */
  readonly name: string;
  /** Absent when it covers both families. */
  readonly family?: Family;
  /** How many ServicePorts went into it. */
  readonly ports: number;
  /** Can be iterated over more than once; each time it is made anew. */
  readonly text: Text;
  /** The same as JSON, in pieces. */
  readonly json: Iterable<string>;
  /** Takes a text of this kind apart for review: this one, or an older one from a file. */
  readonly sections: (text: string) => readonly Section[];
}

export interface Backend {
  /** The proxy mode, as KubeProxyConfiguration calls it. */
  readonly mode: string;
  /** The first is the default. */
  readonly layouts: readonly string[];
  /** The artifacts that serve `resolved`, each family by itself or together as the mode's tools want them. */
  readonly compile: (resolved: readonly Resolved[], options: Options, layout: string) => readonly Artifact[];
}

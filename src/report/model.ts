/**
 * model: what a page about a cluster is made of, as plain data. The page has the snapshot itself and computes what it
 * shows (chains, verdicts, reasons) when it is asked, with the code that vipc has; here is the rest: what was found by
 * looking at files, at another snapshot, or at a node.
 */
import type { Diagnostic } from '../diag.js';
import type { NodesEffects } from '../effect/print.js';
import type { Options } from '../options.js';
import type { Snapshot } from '../read/types.js';
import type { ServiceChange } from '../review/compare.js';

/** Everything that a page is made of, beside the snapshot. */
export interface ReportData {
  /** The name of the input: a file, a directory, `cluster dev`. */
  readonly title: string;
  readonly version: string;
  readonly options: Options;
  readonly layout?: string | undefined;
  /** Addresses, ports and pods were made up, as a cluster would have. */
  readonly isSimulated?: boolean;
  /** The namespace of names that have none. */
  readonly namespace: string;
  /** The domain of the cluster's DNS. */
  readonly domain: string;
  /** The networks for examples that occur in the input: see the sender `outside` of a trace. */
  readonly mentioned: readonly string[];
  /** What reading, completing and linting found; the origins have the place as the name of their source. */
  readonly said: readonly Diagnostic[];
  /** With `--against`: what changes from the other snapshot to this one. */
  readonly change?: Change;
  /** With `--live`: how the node differs from its rules. */
  readonly drift?: Drift;
  /** The page is the daemon's own: it asks for what is new. */
  readonly isServed?: boolean;
}

/** The difference between two snapshots. */
export interface Change {
  /** The name of the other snapshot. */
  readonly from: string;
  /** By effect, nodes with the same effects together. */
  readonly effects: readonly NodesEffects[];
  /** By rule, nodes with the same difference together; long ones are cut. */
  readonly rules: readonly Rules[];
}

/** The rules that differ on some nodes. */
export interface Rules {
  readonly nodes: readonly string[];
  readonly changes: readonly ServiceChange[];
  /** The number of lines that were left out, for the page to stay small. */
  readonly omitted: number;
}

/** The difference between a node and its rules. */
export interface Drift extends Omit<Change, 'from'> {
  /** The name of the node. */
  readonly node: string;
}

export interface Report {
  readonly data: ReportData;
  readonly snapshot: Snapshot;
}

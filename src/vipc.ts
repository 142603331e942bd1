/**
 * The library, `import … from 'vipc'`: texts of a cluster in, the rules of a node out. It is pure: it uses no file,
 * process, network or clock, and the same texts give the same rules. docs/library.md shows how to use it.
 */
import { AS_IT_IS, SIMULATED } from './complete/complete.js';
import type { Checked, Source } from './diag.js';
import { DEFAULT_OPTIONS, type Options } from './options.js';
import { type Artifact, compile as compileWith } from './pipeline.js';

export type { Artifact, Part } from './backends/backend.js';
export { type Checked, type Diagnostic, hasErrors, type Key, type Origin, type Severity, type Source } from './diag.js';
export { type Cidr, type Family, parseCidr } from './ip.js';
export { DEFAULT_OPTIONS, type DetectLocalMode, type IpvsOptions, type Options } from './options.js';
export { RESOLVED_FILE, textOf } from './pipeline.js';
export { readConfig } from './read/config.js';
export { locate, type Position, placeText } from './read/locate.js';
export { type Line, render, type Section, type Text } from './text.js';

/** Settings of the compiler that kube-proxy's configuration does not have. */
export interface How {
  /** Leave objects with errors out, and make their errors warnings. */
  readonly skipInvalid?: boolean;
  /** Simulate what manifests leave to a cluster, as `vipc compile --simulate` does: Nodes, Pods, addresses, slices. */
  readonly simulate?: boolean;
  /** The arrangement of rules in chains; absent means kube-proxy's. */
  readonly layout?: string;
}

/**
 * The files for one node of the cluster that `sources` describe together: `iptables.rules`, `ip6tables.rules`, in ipvs
 * mode those of its other tools, and `resolved.txt`. `options` choose the node and the mode. Bad input never throws:
 * with any error among the diagnostics there are no files, unless `skipInvalid`.
 */
export function compile(
  sources: readonly Source[],
  options: Options = DEFAULT_OPTIONS,
  { simulate = false, ...how }: How = {},
): Checked<readonly Artifact[]> {
  return compileWith(sources, options, { ...how, completion: simulate ? SIMULATED : AS_IT_IS });
}

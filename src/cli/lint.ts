/**
 * cli: `vipc lint`: the input → findings on standard output, and the exit code.
 */
import { existsSync } from 'node:fs';
import { clustersetServices } from '../clusters/mcs.js';
import { type Diagnostic, hasErrors, type Severity } from '../diag.js';
import { front } from '../front.js';
import { parseIp } from '../ip.js';
import { atLeast, CODES, findingsOf } from '../lint/findings.js';
import type { OneNode } from '../lint/rule.js';
import { nearest } from '../near.js';
import { type LintSeverities, readLintConfig } from '../read/lint-config.js';
import { loadSources } from '../read/source.js';
import type { Snapshot } from '../read/types.js';
import { EVERY_KIND } from './api-sources.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { type ClusterFiles, type ClustersFlags, inCluster, readClusters } from './clusters.js';
import { type InputFlags, openInput } from './input.js';
import { EXIT, type Io } from './io.js';
import { FORMATS } from './lint/formats.js';
import { inOrder, report } from './report.js';

export interface LintFlags extends CompletionFlags, InputFlags, ClustersFlags {
  readonly node?: string;
  readonly nodeAddress?: readonly string[];
  readonly severity: Severity;
  readonly lintConfig?: string;
  readonly format: keyof typeof FORMATS;
  readonly skipInvalid?: boolean;
}

const CONFIG = '.vipc-lint.yaml';

/** Prints the findings in the input that `paths` name; returns the exit code. */
export async function runLint(paths: readonly string[], flags: LintFlags, io: Io): Promise<number> {
  const completion = completionOf(flags);
  const node = nodeOf(flags);
  const { skipInvalid = false, severity, format } = flags;
  const clusters = flags.cluster === undefined ? undefined : await readClusters(paths, flags, io);
  const input = clusters ? undefined : await openInput(paths, flags, io);
  const severities = await loadConfig(flags.lintConfig, io);
  if (!severities) return EXIT.trouble;
  const given: readonly Given[] = clusters ?? (input ? [{ sources: await input.read(EVERY_KIND) }] : []);
  const unread = given.flatMap(({ sources }) => sources.diagnostics);
  if (hasErrors(unread)) {
    await report(unread, true, io);
    return EXIT.trouble;
  }
  const linted = given.map(({ sources, input: named, part = completion.part }) => {
    const how = { skipInvalid, completion: { ...completion, part }, node };
    const { value, diagnostics } = front(sources.value, { ...how, remarks: ['suspect'], rules: 'all' });
    const said = named ? inCluster(named, diagnostics) : diagnostics;
    return { named, snapshot: value.cluster, said };
  });
  const said = [...linted.flatMap((each) => each.said), ...betweenClusters(linted)];
  checkNode(node, linted);
  const broken = hasErrors(said);
  // With errors no lint rule has run, so vipc-ignore comments must not be reported as unused.
  const sources = broken ? [] : given.flatMap((each) => each.sources.value);
  const found = findingsOf([...atLeast(unread, 'warning'), ...said], sources, severities);
  const shown = inOrder(atLeast(found, severity));
  await FORMATS[format](shown, io);
  if (broken) return EXIT.trouble;
  return shown.length > 0 ? EXIT.different : EXIT.ok;
}

/** The files of the input, or of one of several clusters. */
type Given = Pick<ClusterFiles, 'sources'> & Partial<ClusterFiles>;

interface Linted {
  readonly named: ClusterFiles['input'] | undefined;
  readonly snapshot: Snapshot;
  readonly said: readonly Diagnostic[];
}

/** Problems of what several clusters share, such as exports that contradict each other. */
function betweenClusters(linted: readonly Linted[]): readonly Diagnostic[] {
  if (linted.some(({ said }) => hasErrors(said))) return [];
  const clusters = linted.flatMap(({ named, snapshot }) => (named ? [{ ...named, snapshot }] : []));
  const found = clusters.flatMap((cluster) => clustersetServices(clusters, cluster).diagnostics);
  const problems = found.filter(({ severity }) => severity !== 'note');
  return [...new Map(problems.map((each) => [`${each.code} ${each.origin?.object} ${each.message}`, each])).values()];
}

function nodeOf({ node, nodeAddress = [] }: LintFlags): OneNode | undefined {
  if (node === undefined && nodeAddress.length > 0) throw new Error('--node-address goes with --node');
  const addresses = nodeAddress.map((text) => {
    const ip = parseIp(text);
    if (!ip) throw new Error(`--node-address must be an IP address, is ${JSON.stringify(text)}`);
    return ip.text;
  });
  return node === undefined ? undefined : { name: node.trim().toLowerCase(), addresses };
}

/** A name that neither a Node nor an endpoint has is misspelt: nothing would be found for it. */
function checkNode(node: OneNode | undefined, linted: readonly Linted[]): void {
  if (!node || linted.some(({ said }) => hasErrors(said))) return;
  const nodes = linted.flatMap(({ snapshot }) => snapshot.nodes.map(({ metadata }) => metadata.name));
  const named = linted.flatMap(({ snapshot }) =>
    snapshot.slices.flatMap(({ endpoints }) => endpoints.flatMap(({ nodeName }) => nodeName ?? [])),
  );
  const known = nodes.length > 0 ? nodes : named;
  if (known.length === 0 || known.includes(node.name)) return;
  const near = nearest(node.name, known);
  const hint = near === undefined ? `there are ${[...new Set(known)].slice(0, 5).join(', ')}` : `did you mean ${near}?`;
  throw new Error(`--node ${node.name} is not in the input\n  ${hint}`);
}

/** Reads severities from the configuration file and reports its problems; undefined when one is an error. */
async function loadConfig(path: string | undefined, io: Io): Promise<LintSeverities | undefined> {
  if (path === undefined && !existsSync(CONFIG)) return {};
  if (path === '-') throw new Error('--lint-config must name a file; standard input is /dev/stdin');
  const { value: sources, diagnostics } = await loadSources([path ?? CONFIG], async () => Buffer.alloc(0));
  const [source, another] = sources;
  if (another) throw new Error(`--lint-config must name one file, ${path ?? CONFIG} holds several`);
  const read = source ? readLintConfig(source, CODES) : { value: {}, diagnostics: [] };
  const said = [...diagnostics, ...read.diagnostics];
  await report(said, true, io);
  return hasErrors(said) ? undefined : read.value;
}

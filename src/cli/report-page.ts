/**
 * cli: `vipc report`: the input, and perhaps another snapshot or a node, → one page to look at.
 */
import { basename, dirname } from 'node:path';
import { type Checked, hasErrors, type Source } from '../diag.js';
import { makeOutputDirectory, replaceFiles } from '../files.js';
import { front } from '../front.js';
import { findingsOf } from '../lint/findings.js';
import type { Options } from '../options.js';
import { modeOf, remarksOn } from '../pipeline.js';
import { printable } from '../printable.js';
import type { Snapshot } from '../read/types.js';
import type { ReportData } from '../report/model.js';
import { EXAMPLE_NETWORKS } from '../trace/sender.js';
import { EVERY_KIND } from './api-sources.js';
import { completionOf } from './cluster.js';
import { domainOf } from './dns.js';
import { openInput } from './input.js';
import { EXIT, type Io, writeLines, writeText } from './io.js';
import { severalNodes, unknownNodes, withoutNodes } from './nodes.js';
import { loadOptions } from './options.js';
import { pageOf } from './page.js';
import { doing } from './progress.js';
import { judged, report } from './report.js';
import { against, driftOf } from './report-change.js';
import { once, type ReportFlags } from './report-input.js';
import { version } from './version.js';

/** Writes the page; returns 0 when it is written, whatever is on it. */
export async function runReport(paths: readonly string[], flags: ReportFlags, io: Io): Promise<number> {
  const { output } = flags;
  checkFlags(flags);
  if (output === undefined && io.stdout.isTTY === true)
    throw new Error('a page is long: name its file, as in -o report.html, or pipe it on');
  const domain = domainOf(flags.domain);
  const completion = completionOf(flags);
  const options = await loadOptions(withoutNodes(flags));
  const input = once(await openInput(paths, flags, io));
  const sources = await input.read(EVERY_KIND);
  const read = readAll(sources, options.value, flags);
  const found = [...options.diagnostics, ...read.diagnostics];
  const errors = found.filter(({ severity }) => severity === 'error');
  // The rest is on the page, but for a name that is not.
  const told = read.value ? [...errors, ...unknownNodes(read.value, options.value, flags.node)] : errors;
  await report(flags.verbose ? found : told, flags.verbose === true, io);
  if (!read.value || errors.length > 0) return hasErrors(sources.diagnostics) ? EXIT.trouble : EXIT.different;

  const asked = { input, options: options.value, flags, io };
  const change = flags.against === undefined ? undefined : await against(flags.against, asked);
  const live = flags.live || flags.netns !== undefined ? await driftOf(asked) : undefined;
  if (typeof change === 'number') return change;
  if (typeof live === 'number') return live;
  doing('making the page', io);
  const data: ReportData = {
    title: titleOf(paths, sources.value),
    version: version(),
    options: live?.options ?? options.value,
    // As `diff --live`: a node has the layout that apply writes.
    layout: flags.layout ?? (live && modeOf(live.options).value?.liveLayout),
    ...(completion.allocate && { isSimulated: true }),
    namespace: input.namespace,
    domain,
    mentioned: EXAMPLE_NETWORKS.filter((network) => sources.value.some(({ text }) => text.includes(network))),
    said: findingsOf(read.diagnostics, sources.value),
    ...(change && { change }),
    ...(live && { drift: live.drift }),
  };
  return write(pageOf({ data, snapshot: read.value }), output, io);
}

function checkFlags(flags: ReportFlags): void {
  const isLive = flags.live === true || flags.netns !== undefined;
  if (isLive && flags.against !== undefined) throw new Error('use either --against or --live, not both');
  if (isLive && completionOf(flags).allocate)
    throw new Error('a node has no made-up objects: --live goes without --simulate');
  if (isLive && severalNodes(flags)) throw new Error('--live takes at most one --node');
}

/** The completed cluster with what there is to say about it, by lint and by the proxy mode. */
function readAll(
  sources: Checked<readonly Source[]>,
  options: Options,
  flags: ReportFlags,
): Checked<Snapshot | undefined> {
  if (hasErrors(sources.diagnostics)) return { value: undefined, diagnostics: sources.diagnostics };
  const { skipInvalid = false, layout } = flags;
  const completion = completionOf(flags);
  const { value, diagnostics } = front(sources.value, { skipInvalid, completion, rules: 'all', clustersetCIDRs: [] });
  const found = judged([...sources.diagnostics, ...diagnostics], flags);
  if (hasErrors(found)) return { value: undefined, diagnostics: found };
  const remarks = remarksOn(value.cluster, options, { skipInvalid, layout });
  return { value: value.cluster, diagnostics: [...found, ...judged(remarks, flags)] };
}

function titleOf(paths: readonly string[], sources: readonly Source[]): string {
  const names = paths.map((path) => (path === '-' ? 'standard input' : basename(path)));
  if (names.length > 0) return printable(names.join(', '));
  const [first] = sources;
  return first?.api ? first.name : 'standard input';
}

async function write(page: string, output: string | undefined, io: Io): Promise<number> {
  if (output === undefined || output === '-') {
    await writeText(io.stdout, [{ text: page.trimEnd() }]);
    return EXIT.ok;
  }
  const directory = dirname(output);
  makeOutputDirectory(directory);
  replaceFiles(directory, [{ name: basename(output), pieces: [page] }]);
  await writeLines(io.stderr, [`wrote ${output} (${sizeText(Buffer.byteLength(page))})`]);
  return EXIT.ok;
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * cli: `vipc allocate`.
 */
import { AS_IT_IS } from '../complete/complete.js';
import { hasErrors, type Source } from '../diag.js';
import { front } from '../front.js';
import type { Service } from '../read/types.js';
import { writeServices } from '../write/write.js';
import type { Need } from './api-sources.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { type InputFlags, openInput } from './input.js';
import { EXIT, type Io, write, writeLines } from './io.js';
import { judged, report } from './report.js';

export interface AllocateFlags extends Pick<CompletionFlags, 'serviceCidr' | 'serviceNodePortRange'>, InputFlags {
  readonly skipInvalid?: boolean;
  readonly strict?: boolean;
  readonly verbose?: boolean;
}

/** Prints the manifests at `paths` with the values that an API server would fill in; returns the exit code. */
export async function runAllocate(paths: readonly string[], flags: AllocateFlags, io: Io): Promise<number> {
  const completion = { ...AS_IT_IS, ...completionOf(flags), allocate: true };
  const { sources, cluster } = await inputsOf(paths, flags, io);
  if (hasErrors(sources.diagnostics)) {
    await report(sources.diagnostics, flags.verbose === true, io);
    return EXIT.trouble;
  }
  const { value, diagnostics: said } = front(sources.value, {
    skipInvalid: flags.skipInvalid === true,
    completion,
    extent: 'services',
    beside: cluster?.value ?? [],
    empty: { forgivable: false },
    remarks: ['completed'],
  });
  const own = value.cluster.services.filter(({ origin }) => !origin.source.api);
  const found = [...sources.diagnostics, ...(cluster?.diagnostics ?? []), ...said];
  const written = hasErrors(found) ? undefined : writeServices(sources.value, value.written.services, own);
  const diagnostics = judged([...found, ...(written?.diagnostics ?? [])], flags);
  const notes = flags.verbose === true;
  await report(notes ? diagnostics : diagnostics.filter(({ severity }) => severity !== 'note'), notes, io);
  if (!written || hasErrors(diagnostics)) return EXIT.different;
  await write(io.stdout, joined(sources.value, written.value));
  await writeLines(io.stderr, [
    summary(
      own,
      written.value.every((text, i) => text === sources.value[i]?.text),
    ),
  ]);
  return EXIT.ok;
}

/** The objects of a cluster that use addresses, and those that define address ranges. */
const TAKEN: Need = { kinds: ['Service'], also: ['ServiceCIDR', 'IPAddress'] };

/** The manifests, and the cluster to fill them in for. */
async function inputsOf(paths: readonly string[], flags: AllocateFlags, io: Io) {
  const { namespace, kubeconfig, context, requestTimeout } = flags;
  const asked = kubeconfig !== undefined || context !== undefined;
  const own = { namespace, ...(!asked && { requestTimeout }) };
  const sources = await (await openInput(paths, own, io)).read(TAKEN);
  const cluster = asked
    ? await (await openInput([], { kubeconfig, context, requestTimeout }, io)).read(TAKEN)
    : undefined;
  return { sources, cluster };
}

/** The texts as documents of one stream. */
function* joined(sources: readonly Source[], texts: readonly string[]): Generator<string> {
  for (const [i, text] of texts.entries()) {
    const next = sources[i + 1]?.text;
    yield text;
    if (next === undefined) continue;
    if (!text.endsWith('\n')) yield '\n';
    // A directive may follow only a document end marker.
    if (!/^(?:[ \t]*(?:#[^\n]*)?\r?\n)*---(?=\s|$)/.test(next)) yield next.startsWith('%') ? '...\n' : '---\n';
  }
}

/** One line that counts the allocated values. */
function summary(services: readonly Service[], unchanged: boolean): string {
  const made = services.flatMap(({ allocated }) => (allocated ? [allocated] : []));
  if (made.length === 0)
    return unchanged ? 'nothing to allocate' : 'filled in what the cluster has; nothing is made up';
  const sum = (of: (allocated: (typeof made)[number]) => number) => made.reduce((total, each) => total + of(each), 0);
  const ips = sum(({ clusterIPs }) => clusterIPs.length);
  const ports = sum(({ nodePorts, healthCheckNodePort }) => nodePorts.length + Number(healthCheckNodePort));
  const parts = [...some(ips, 'cluster IP'), ...some(ports, 'node port')].join(' and ');
  return `allocated ${parts} for ${some(made.length, 'Service')[0]}, marked as synthetic (-v says which and why)`;
}

function some(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];
}

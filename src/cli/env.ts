/**
 * cli: `vipc env`.
 */
import { hasErrors } from '../diag.js';
import { environmentOf, type ServiceEnv } from '../discover/env.js';
import { type ClusterFlags, loadCluster, readingOf } from './cluster.js';
import { openInput } from './input.js';
import { EXIT, type Io, writeJson, writeLines } from './io.js';
import { judged, report } from './report.js';

export interface EnvFlags extends ClusterFlags {
  readonly format: 'text' | 'json';
}

/** Prints the Service variables of pods in a namespace; returns the exit code. */
export async function runEnv(paths: readonly string[], flags: EnvFlags, io: Io): Promise<number> {
  const input = await openInput(paths, flags, io);
  const { namespace } = input;
  const reading = readingOf(flags);
  // Every pod gets the variables of default/kubernetes.
  const loaded = await loadCluster(input, { kinds: ['Service'], namespaces: [namespace, 'default'] }, reading, io);
  if ('code' in loaded) return loaded.code;
  const { value: services, diagnostics: said } = environmentOf(loaded.snapshot, namespace);
  const diagnostics = judged(said, reading);
  await report(diagnostics, reading.verbose, io);
  if (hasErrors(diagnostics)) return EXIT.different;
  if (flags.format === 'json') await writeJson(io.stdout, services, 2);
  else await writeLines(io.stdout, lines(services));
  if (!services.some(({ service }) => service.startsWith(`${namespace}/`))) {
    const some = loaded.snapshot.services.some(({ metadata }) => metadata.namespace === namespace);
    const hint = some ? ' (--simulate gives them one)' : '';
    await writeLines(io.stderr, [`no Service of the namespace ${namespace} has a cluster IP${hint}`]);
  }
  return EXIT.ok;
}

/** The format of `env`. Shells and `docker run --env-file` skip the comments. */
function* lines(services: readonly ServiceEnv[]): Generator<string> {
  for (const { service, synthetic, variables } of services) {
    if (synthetic) yield `# ${service}: synthetic, its cluster IP is not in the input`;
    for (const { name, value } of variables) yield `${name}=${value}`;
  }
}

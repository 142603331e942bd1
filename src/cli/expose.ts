/**
 * cli: `vipc expose`.
 */
import { AS_IT_IS } from '../complete/complete.js';
import { type Diagnostic, hasErrors } from '../diag.js';
import { readCluster } from '../front.js';
import { type Exposed, exposed, type Wanted } from '../kubectl/expose.js';
import type { Snapshot } from '../read/types.js';
import { asText } from '../views/yaml.js';
import { type ClusterFlags, loadCluster, readingOf } from './cluster.js';
import { exposableOf } from './exposable.js';
import { openInput } from './input.js';
import { EXIT, type Io, say, write } from './io.js';
import { notFound } from './not-found.js';
import { report } from './report.js';

/** The flags of the command, those of kubectl already parsed. */
export interface ExposeFlags extends Omit<ClusterFlags, 'namespace'>, Wanted {
  readonly output: 'yaml' | 'json';
}

/** Prints the Service for the object that the arguments name; returns the exit code. */
export async function runExpose(args: readonly string[], flags: ExposeFlags, io: Io): Promise<number> {
  const { kind, name, paths } = exposableOf(args);
  const input = await openInput(paths, flags, io);
  const { namespace } = input;
  const reading = { ...readingOf(flags), completion: AS_IT_IS };
  const kinds = [...new Set([kind, 'Service'])];
  const isTold = ({ severity }: Diagnostic) => severity === 'error' || reading.verbose;
  const loaded = await loadCluster(input, { kinds, namespaces: [namespace] }, reading, io, isTold);
  if ('code' in loaded) return loaded.code;
  const { snapshot } = loaded;
  const from = find(snapshot, kind, namespace, name);
  const made = exposed(from, flags);
  if ('problem' in made) {
    say(io.stderr, `error: ${made.problem}`);
    return EXIT.different;
  }
  const refused = refusals(asText('yaml', made.service));
  if (refused.length > 0) {
    await report(refused, reading.verbose, io);
    return EXIT.different;
  }
  await write(io.stdout, [asText(flags.output, made.service)]);
  const called = flags.name ?? name;
  if (isIn(snapshot.services, namespace, called))
    say(io.stderr, `note: there is a Service ${called} already, so kubectl would be refused: say --name`);
  return EXIT.ok;
}

/** What the API server would refuse of the Service: kubectl sends it unchecked. */
function refusals(text: string): readonly Diagnostic[] {
  const { diagnostics } = readCluster([{ name: 'the Service', text }], { completion: AS_IT_IS });
  return hasErrors(diagnostics) ? diagnostics.filter(({ severity }) => severity === 'error') : [];
}

function find(snapshot: Snapshot, kind: Exposed['kind'], namespace: string, name: string): Exposed {
  const all = objectsOf(snapshot, kind);
  const found = all.find(({ object: { metadata } }) => metadata.name === name && metadata.namespace === namespace);
  if (found) return found;
  throw new Error(
    notFound(
      kind,
      name,
      namespace,
      all.map(({ object }) => object),
    ),
  );
}

function objectsOf({ services, pods, workloads }: Snapshot, kind: Exposed['kind']): readonly Exposed[] {
  switch (kind) {
    case 'Service':
      return services.map((object) => ({ kind, object }));
    case 'Pod':
      return pods.map((object) => ({ kind, object }));
    default:
      return workloads.filter((object) => object.kind === kind).map((object) => ({ kind, object }));
  }
}

function isIn(services: Snapshot['services'], namespace: string, name: string): boolean {
  return services.some(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
}

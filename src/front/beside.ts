/**
 * front, part: manifests beside a cluster: all objects of both, where one that both have is as the manifests say it.
 */
import { kept } from '../complete/allocate.js';
import { asWarning, type Checked, type Diagnostic, type Source } from '../diag.js';
import { readSnapshot } from '../read/snapshot.js';
import { keyOf, type Snapshot } from '../read/types.js';

export interface Beside {
  /** What the manifests say alone. */
  readonly written: Snapshot;
  /** All objects; the Services of the manifests with what they have in the cluster. */
  readonly snapshot: Checked<Snapshot>;
}

/** `manifests` among the objects of a cluster, if there are any. */
export function beside(manifests: readonly Source[], cluster: readonly Source[]): Beside {
  if (cluster.length === 0) {
    const snapshot = readSnapshot(manifests);
    return { written: snapshot.value, snapshot };
  }
  const { value: written } = readSnapshot(manifests);
  const names = new Set(written.services.map(keyOf));
  const there = new Map(readSnapshot(cluster).value.services.map((service) => [keyOf(service), service]));
  // The cluster first: of two that want one address the manifest is at fault.
  const { value, diagnostics } = readSnapshot([...cluster.map((source) => without(source, names)), ...manifests]);
  const services = value.services.map((service) => {
    const before = service.origin.source.api ? undefined : there.get(keyOf(service));
    return before ? kept(service, before) : service;
  });
  return { written, snapshot: { value: { ...value, services }, diagnostics: diagnostics.map(admitted) } };
}

interface Listed {
  readonly items: readonly {
    readonly kind?: string;
    readonly metadata: { readonly name?: string; readonly namespace?: string };
  }[];
}

/** The list without Services of these names. */
function without(source: Source, names: ReadonlySet<string>): Source {
  const list = JSON.parse(source.text) as Listed;
  const items = list.items.filter(
    ({ kind, metadata }) => kind !== 'Service' || !names.has(`${metadata.namespace}/${metadata.name}`),
  );
  return { ...source, text: JSON.stringify({ ...list, items }) };
}

/** An error in an object of the cluster is not mended in a manifest. */
function admitted(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.origin?.source.api ? asWarning(diagnostic) : diagnostic;
}

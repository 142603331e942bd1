/**
 * front, part: manifests together with a cluster: all objects of both; Services in both are taken from the manifests.
 */
import { kept } from '../complete/allocate.js';
import { asWarning, type Checked, type Diagnostic, type Source } from '../diag.js';
import { readSnapshot } from '../read/snapshot.js';
import { keyOf, type Snapshot } from '../read/types.js';

export interface Beside {
  /** The objects of the manifests alone. */
  readonly written: Snapshot;
  /** All objects; Services of the manifests keep the values that the cluster has allocated. */
  readonly snapshot: Checked<Snapshot>;
}

/** `manifests` together with the objects of `cluster`, if there are any. */
export function beside(manifests: readonly Source[], cluster: readonly Source[]): Beside {
  if (cluster.length === 0) {
    const snapshot = readSnapshot(manifests);
    return { written: snapshot.value, snapshot };
  }
  const { value: written } = readSnapshot(manifests);
  const names = new Set(written.services.map(keyOf));
  const there = new Map(readSnapshot(cluster).value.services.map((service) => [keyOf(service), service]));
  // The cluster is read first, so a conflict over an address is reported at the manifest.
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

/** The List without the Services in `names`. */
function without(source: Source, names: ReadonlySet<string>): Source {
  const list = JSON.parse(source.text) as Listed;
  const items = list.items.filter(
    ({ kind, metadata }) => kind !== 'Service' || !names.has(`${metadata.namespace}/${metadata.name}`),
  );
  return { ...source, text: JSON.stringify({ ...list, items }) };
}

/** Errors in objects of the cluster become warnings, because editing a manifest cannot fix them. */
function admitted(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.origin?.source.api ? asWarning(diagnostic) : diagnostic;
}

/**
 * clusters, part: the derived Services, which an mcs-controller creates so that kube-proxy serves ServiceImports.
 */
import type { ServiceImport, Snapshot } from '../read/types.js';

/** The name of an import's derived Service; undefined when there is none. */
export type DerivedService = (imported: ServiceImport) => string | undefined;

/** The annotation of a ServiceImport that names its derived Service (mcs-api, controllers/common.go). */
const DERIVED_ANNOTATION = 'multicluster.kubernetes.io/derived-service';

/** The derived Services of `snapshot`: the one that an import names, else one of its namespace with its address. */
export function derivedServices({ services, imports }: Snapshot): DerivedService {
  // Most clusters have no imports.
  if (imports.length === 0) return () => undefined;
  const names = new Set<string>();
  const byAddress = new Map<string, string>();
  for (const { metadata, spec } of services) {
    const { namespace, name } = metadata;
    names.add(`${namespace}/${name}`);
    for (const ip of spec.clusterIPs) byAddress.set(`${namespace}/${ip}`, name);
  }
  return ({ metadata: { namespace, annotations }, spec: { ips } }) => {
    const named = annotations[DERIVED_ANNOTATION];
    if (named !== undefined && names.has(`${namespace}/${named}`)) return named;
    return ips.flatMap((ip) => byAddress.get(`${namespace}/${ip}`) ?? [])[0];
  };
}

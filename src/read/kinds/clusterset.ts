/**
 * ServiceExport and ServiceImport of the Multi-Cluster Services API (KEP-1645, sigs.k8s.io/mcs-api).
 */
import { type Check, int, list, matching, oneOf } from '../check.js';
import { DNS1123_LABEL } from '../names.js';
import { object, required, withDefault } from '../object.js';
import type { ServiceExport, ServiceImport } from '../types.js';
import { createdAt, emptyIsAbsent, ipAddress, labels, metadata, NO_STRINGS, protocol, strings } from './metadata.js';

/** A ServiceExport without its origin. */
export const serviceExport: Check<Omit<ServiceExport, 'origin'>> = (value, at) => {
  const read = exportFields(value, at);
  if (read === undefined) return undefined;
  const { exportedLabels, exportedAnnotations } = read.spec;
  return { metadata: read.metadata, exportedLabels, exportedAnnotations, ...createdAt(value) };
};

const exportFields = object({
  metadata: metadata(DNS1123_LABEL, { annotated: true }),
  spec: withDefault(
    object({ exportedLabels: withDefault(labels, NO_STRINGS), exportedAnnotations: withDefault(strings, NO_STRINGS) }),
    { exportedLabels: NO_STRINGS, exportedAnnotations: NO_STRINGS },
  ),
});

/** A ServiceImport without its origin. */
export const serviceImport: Check<Omit<ServiceImport, 'origin'>> = (value, at) => importFields(value, at);

const importFields = object({
  metadata: metadata(DNS1123_LABEL, { annotated: true }),
  spec: required(
    object({
      type: withDefault(oneOf(['ClusterSetIP', 'Headless'], 'ClusterSetIP'), 'ClusterSetIP'),
      ips: withDefault(list(ipAddress, { max: 2 }), []),
      ports: withDefault(
        list(
          object({
            name: withDefault(emptyIsAbsent(matching(DNS1123_LABEL), ''), ''),
            protocol,
            port: required(int(1, 65535)),
          }),
        ),
        [],
      ),
      sessionAffinity: withDefault(oneOf(['None', 'ClientIP'], 'None'), 'None'),
    }),
  ),
});

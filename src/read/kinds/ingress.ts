/**
 * Ingress networking.k8s.io/v1: which Services it names (pkg/apis/networking/validation, ValidateIngress).
 */
import { also, type Check, fail, int, list, matching, text } from '../check.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN, IANA_SVC_NAME } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { Ingress, IngressBackend } from '../types.js';
import { emptyIsAbsent, metadata } from './metadata.js';

/** An Ingress without its origin. */
export const ingress: Check<Omit<Ingress, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  if (read === undefined) return undefined;
  const { defaultBackend, rules, ingressClassName } = read.spec;
  const backends: IngressBackend[] = [];
  if (defaultBackend) backends.push({ host: '', ...serviceOf(defaultBackend), at: ['spec', 'defaultBackend'] });
  for (const [i, { host, http }] of rules.entries()) {
    for (const [j, { path, pathType, backend }] of http.paths.entries()) {
      const place = ['spec', 'rules', i, 'http', 'paths', j, 'backend'];
      backends.push({ host, path, pathType, ...serviceOf(backend), at: place });
    }
  }
  return { metadata: read.metadata, ingressClassName, backends };
};

const service = also(
  object({
    name: required(matching(DNS1123_LABEL)),
    port: required(
      object({
        number: optional(int(0, 65535)),
        name: optional(emptyIsAbsent(matching(IANA_SVC_NAME), '')),
      }),
    ),
  }),
  ({ port }, at) => {
    if (!port.number === !port.name) fail(at, 'needs either number or name', { key: 'port', code: 'missing-field' });
  },
);

const backend = also(
  object({ service: optional(service), resource: optional(object({})) }),
  ({ service, resource }, at) => {
    if (!service === !resource) fail(at, 'needs either service or resource', { code: 'missing-field' });
  },
);

function serviceOf({
  service,
}: {
  readonly service?: { readonly name: string; readonly port: { readonly number?: number; readonly name?: string } };
}) {
  if (!service) return {};
  const { name, port } = service;
  return { service: { name, port: port.name || (port.number ?? 0) } };
}

const path = object({
  path: withDefault(text, '/'),
  pathType: withDefault(text, 'ImplementationSpecific'),
  backend: required(backend),
});

const NO_PATHS = { paths: [] };

/** `*.example.com` stands for one label more. */
const HOST = {
  allowed: `empty, or ${DNS1123_SUBDOMAIN.allowed}, perhaps after "*."`,
  matches: (host: string) => host === '' || DNS1123_SUBDOMAIN.matches(host.replace(/^\*\./, '')),
};

const rule = object({
  host: withDefault(matching(HOST), ''),
  http: withDefault(object({ paths: withDefault(list(path), []) }), NO_PATHS),
});

const fields = object({
  metadata: metadata(DNS1123_SUBDOMAIN, { annotated: true }),
  spec: required(
    object({
      ingressClassName: withDefault(text, ''),
      defaultBackend: optional(backend),
      rules: withDefault(list(rule), []),
    }),
  ),
});

/**
 * Ingress networking.k8s.io/v1: the Services it names (pkg/apis/networking/validation, ValidateIngress).
 */
import { show } from '../../diag.js';
import { parseIp } from '../../ip.js';
import { also, type Check, type Cursor, int, list, matching, refuse, ruled, text } from '../check.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN, IANA_SVC_NAME } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { Ingress, IngressBackend, ObjectMeta } from '../types.js';
import { emptyIsAbsent, metadata } from './metadata.js';

/** An Ingress without its origin. */
export const ingress: Check<Omit<Ingress, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  if (read === undefined) return undefined;
  const { defaultBackend, rules, ingressClassName = '' } = read.spec;
  const backends: IngressBackend[] = [];
  if (defaultBackend) backends.push({ host: '', ...serviceOf(defaultBackend), at: ['spec', 'defaultBackend'] });
  for (const [i, { host, http }] of rules.entries()) {
    for (const [j, { path, pathType, backend }] of (http?.paths ?? []).entries()) {
      const place = ['spec', 'rules', i, 'http', 'paths', j, 'backend'];
      backends.push({ host, path: path || '/', pathType: pathType || ANY_PATH, ...serviceOf(backend), at: place });
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
    if (!port.number === !port.name) refuse(at, 'needs either number or name', { key: 'port', code: 'missing-field' });
  },
);

const backend = also(
  object({ service: optional(service), resource: optional(object({})) }),
  ({ service, resource }, at) => {
    if (!service === !resource) refuse(at, 'needs either service or resource', { code: 'missing-field' });
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

const ANY_PATH = 'ImplementationSpecific';

const PATH_TYPES = ['Exact', 'Prefix', ANY_PATH];

/**
 * What a path of type Exact or Prefix must not contain: `//`, `/./`, `/../` and `%2f`, nor `/.` or `/..` at its end.
 */
const NO_PATH = /\/\/|\/\.\.?(?:\/|$)|%2f/i;

const path = also(
  object({ path: withDefault(text, ''), pathType: withDefault(text, ''), backend: required(backend) }),
  ({ path, pathType }, at) => {
    if (pathType === '') refuse(at, 'needs the field pathType', { code: 'missing-field' });
    else if (!PATH_TYPES.includes(pathType))
      refuse(at, `must be one of ${PATH_TYPES.join(', ')}, is ${show(pathType)}`, { key: 'pathType' });
    const given = path !== '' || pathType === 'Exact' || pathType === 'Prefix';
    if (given && !path.startsWith('/')) refuse(at, `must begin with /, is ${show(path)}`, { key: 'path' });
    if (pathType !== ANY_PATH && NO_PATH.test(path))
      refuse(at, `must be without "//", "/./", "/../" and "%2f", is ${show(path)}`, { key: 'path' });
  },
);

const http = also(object({ paths: withDefault(list(path), []) }), ({ paths }, at) => {
  if (paths.length === 0) refuse(at, 'needs the field paths, with at least one path', { code: 'missing-field' });
});

/** `*.example.com` matches names with one more label. */
const HOST = {
  allowed: `empty, or ${DNS1123_SUBDOMAIN.allowed}, perhaps after "*."`,
  matches: (host: string) => host === '' || DNS1123_SUBDOMAIN.matches(host.replace(/^\*\./, '')),
};

const host = ruled(matching(HOST), 'a name, not an address', (name) => parseIp(name) === undefined);

const rule = object({
  host: withDefault(host, ''),
  http: optional(http),
});

const spec = also(
  object({
    ingressClassName: optional(ruled(text, DNS1123_SUBDOMAIN.allowed, DNS1123_SUBDOMAIN.matches)),
    defaultBackend: optional(backend),
    rules: withDefault(list(rule), []),
  }),
  ({ defaultBackend, rules }, at) => {
    if (!defaultBackend && rules.length === 0) refuse(at, 'needs defaultBackend or rules', { code: 'missing-field' });
  },
);

const fields = also(
  object({ metadata: metadata(DNS1123_SUBDOMAIN, { annotated: true }), spec: required(spec) }),
  checkClass,
);

/** The annotation that spec.ingressClassName replaced. */
const CLASS = 'kubernetes.io/ingress.class';

function checkClass(
  { metadata, spec }: { readonly metadata: ObjectMeta; readonly spec: { readonly ingressClassName?: string } },
  at: Cursor,
): void {
  const { [CLASS]: named } = metadata.annotations;
  if (named === undefined || spec.ingressClassName === undefined || named === spec.ingressClassName) return;
  at.path.push('metadata', 'annotations');
  refuse(at, `must be what spec.ingressClassName says, ${show(spec.ingressClassName)}, is ${show(named)}`, {
    key: CLASS,
  });
  at.path.length -= 2;
}

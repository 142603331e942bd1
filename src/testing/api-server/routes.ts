/**
 * Routes of the test API server: what a request's path and query ask for.
 */
import { SERVED, type ServedResource } from './documents.js';

/** A received request, for tests to inspect. `resource` and `verb` are RBAC's words; absent for other paths. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly resource?: string;
  readonly verb?: 'get' | 'list' | 'watch';
}

export interface Route {
  readonly served: ServedResource;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly watch: boolean;
}

/** The resource of a path, or undefined when the path names none. */
export function routeOf({ pathname, searchParams }: URL): Route | undefined {
  const [, base, namespace, resource, name] = PATH.exec(pathname) ?? [];
  const served = SERVED.find(
    ({ apiVersion, name }) => name === resource && base === (apiVersion === 'v1' ? 'api/v1' : `apis/${apiVersion}`),
  );
  if (!served || (namespace !== undefined && !served.namespaced)) return undefined;
  const watch = ['1', 'true'].includes(searchParams.get('watch') ?? '');
  return { served, namespace, name, watch };
}

const PATH = /^\/(api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/;

/** The log entry of a request. */
export function logged(method: string, url: URL, route: Route | undefined): LoggedRequest {
  const query = Object.fromEntries(url.searchParams);
  if (!route) return { method, path: url.pathname, query };
  const { group, name: resource } = route.served;
  const verb = route.watch ? 'watch' : route.name === undefined ? 'list' : 'get';
  return { method, path: url.pathname, query, group, resource, verb };
}

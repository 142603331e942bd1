/**
 * Kubeconfig: kubeconfig files, or the service account of a pod → the address of the API server, and credentials for it.
 * The only importer of @kubernetes/client-node, which does the rest: tokens that rotate, programs that print them, client
 * certificates, proxies. It is loaded only when there is a server to connect to, since that takes 0.3 s.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';

export type { KubeConfig };

/** One context of a kubeconfig. */
export interface Chosen {
  readonly config: KubeConfig;
  readonly context: string;
  /** The default namespace of the context. */
  readonly namespace?: string;
}

/** The current context of a kubeconfig file. Rejects with a message for the user. */
export async function fromFile(file: string): Promise<KubeConfig> {
  return (await fromFiles([file])).config;
}

/**
 * `context`, or the current one, of several kubeconfig files that are merged: of two entries with one name the first
 * counts, as in client-go. Rejects with a message for the user.
 */
export async function fromFiles(files: readonly string[], context?: string): Promise<Chosen> {
  const library = await import('@kubernetes/client-node');
  const config = merged(files.map((file) => readFile(library, file)));
  if (context !== undefined) config.setCurrentContext(context);
  const name = config.getCurrentContext();
  const chosen = name ? config.getContextObject(name) : null;
  if (!chosen || !config.getCurrentCluster())
    throw new Error(`kubeconfig ${files.join(', ')}: ${unusable(config, context)}`);
  const { namespace } = chosen;
  return { config: usable(config), context: name, ...(namespace && { namespace }) };
}

function readFile(library: typeof import('@kubernetes/client-node'), file: string): KubeConfig {
  const config = new library.KubeConfig();
  try {
    const content = library.loadYaml<File | undefined>(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null) throw new Error('it is none');
    config.loadFromFile(file);
    readTokenFiles(config, content, dirname(file));
    return config;
  } catch (error) {
    throw new Error(`kubeconfig ${file}: ${(error as Error).message}`);
  }
}

/** Not by the library, which refuses a name that occurs twice. */
function merged([first, ...others]: readonly KubeConfig[]): KubeConfig {
  if (!first) throw new Error('no kubeconfig is given');
  for (const other of others) {
    first.clusters.push(...other.clusters);
    first.users.push(...other.users);
    first.contexts.push(...other.contexts);
    if (!first.getCurrentContext()) first.setCurrentContext(other.getCurrentContext());
  }
  return first;
}

/** Contexts that a message lists, at most. */
const LISTED = 5;

function unusable(config: KubeConfig, asked: string | undefined): string {
  const names = config.getContexts().map(({ name }) => name);
  const there =
    names.length === 0
      ? 'it has none'
      : `there is ${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ', …' : ''}`;
  if (asked !== undefined && !names.includes(asked)) return `it has no context ${JSON.stringify(asked)}; ${there}`;
  const context = config.getCurrentContext();
  if (!context) return 'it has no current-context';
  return asked === undefined
    ? `its current context ${context} names no cluster`
    : `its context ${context} names no cluster`;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The service account of the pod this runs in. Rejects with a message for the user when this is no such pod. */
export async function inCluster(): Promise<KubeConfig> {
  const missing = ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'].find((name) => !process.env[name]);
  const token = `${SERVICE_ACCOUNT}/token`;
  const problem = missing ? `${missing} is not set` : existsSync(token) ? undefined : `there is no ${token}`;
  if (problem) throw new Error(`no kubeconfig is given and this is no pod with a service account: ${problem}`);
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromCluster();
  return usable(config);
}

/** The namespace of the pod this runs in. */
export function podNamespace(): string | undefined {
  const file = `${SERVICE_ACCOUNT}/namespace`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** The fields of a kubeconfig file that the library ignores. */
interface File {
  readonly users?: readonly { readonly name?: string; readonly user?: { readonly tokenFile?: string } }[];
}

/** The library ignores `tokenFile`, which kube-proxy's own kubeconfig uses, but has an authProvider for it. */
function readTokenFiles(config: KubeConfig, { users = [] }: File, directory: string): void {
  for (const { name, user } of users) {
    const known = config.users.findIndex((candidate) => candidate.name === name);
    const found = config.users[known];
    if (!user?.tokenFile || !found) continue;
    const tokenFile = resolve(directory, user.tokenFile);
    // The file wins over a token that stands beside it (client-go, clientcmd).
    const { token: _, ...rest } = found;
    config.users[known] = { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile } } };
  }
}

/**
 * The library refuses a server without TLS unless told not to verify it, and trusts no CA without a user. kubectl connects
 * to such a server without credentials, and so does vipc.
 */
function usable(config: KubeConfig): KubeConfig {
  const cluster = config.getCurrentCluster();
  if (!cluster) return config;
  const anonymous: User = { name: 'anonymous' };
  const plain = cluster.server.startsWith('http:') && !cluster.skipTLSVerify;
  config.loadFromClusterAndUser(
    plain ? { ...cluster, skipTLSVerify: true } : cluster,
    plain ? anonymous : (config.getCurrentUser() ?? anonymous),
  );
  return config;
}

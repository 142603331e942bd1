/**
 * Kubeconfig: where the API server is and how to prove who we are, as kubeconfig files and the service account of a pod
 * say it. The only importer of @kubernetes/client-node, which does the rest: tokens that rotate, programs that give them,
 * client certificates, proxies. It is loaded only when there is a server to talk to, for that takes 0.3 s.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';

export type { KubeConfig };

/** The current context of a kubeconfig file. Rejects with a message for the user. */
export async function fromFile(file: string): Promise<KubeConfig> {
  const library = await import('@kubernetes/client-node');
  const config = new library.KubeConfig();
  try {
    const content = library.loadYaml<File | undefined>(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null) throw new Error('it is none');
    config.loadFromFile(file);
    readTokenFiles(config, content, dirname(file));
  } catch (error) {
    throw new Error(`kubeconfig ${file}: ${(error as Error).message}`);
  }
  if (config.getCurrentCluster()) return usable(config);
  const context = config.getCurrentContext();
  const problem = context ? `its current context ${context} names no cluster` : 'it has no current-context';
  throw new Error(`kubeconfig ${file}: ${problem}`);
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The service account of the pod this runs in. Rejects with a message for the user when it is none. */
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

/** A file as kubeconfigs are written: only what the library overlooks. */
interface File {
  readonly users?: readonly { readonly name?: string; readonly user?: { readonly tokenFile?: string } }[];
}

/** The library does not know `tokenFile`, by which kube-proxy's own kubeconfig finds its token; it knows it elsewhere. */
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
 * The library refuses a server without TLS unless told not to verify it, and trusts no CA without a user. As kubectl, we
 * go there and leave the credentials at home.
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

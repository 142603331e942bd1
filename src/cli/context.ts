/**
 * cli: `--kubeconfig` and `--context` → the API server they name, found where kubectl finds it.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type ApiClient, clientOf } from '../watch/client.js';
import { type Chosen, fromFiles, inCluster, podNamespace } from '../watch/kubeconfig.js';
import type { Io } from './io.js';

/** The flags of `contextOptions`. */
export interface ContextFlags {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** Milliseconds; 0 means no limit. */
  readonly requestTimeout?: number | undefined;
  /** Run by kubectl, whose users mean the current context when they name no input. */
  readonly plugin?: boolean;
}

/** A cluster that can be read. */
export interface Connection {
  readonly client: ApiClient;
  /** The name in messages: `cluster kind-dev`. */
  readonly name: string;
  /** The namespace of the context. */
  readonly namespace: string | undefined;
}

/** The cluster that the flags or the environment name. Sends nothing yet. Rejects with a message for the user. */
export async function openContext(
  { kubeconfig, context }: ContextFlags,
  { env }: Pick<Io, 'env'>,
): Promise<Connection> {
  const { config, context: name, namespace } = await chosen(kubeconfig, context, env);
  return { client: clientOf(config), name: `cluster ${name.replace(/\p{Cc}/gu, '\ufffd')}`, namespace };
}

async function chosen(kubeconfig: string | undefined, context: string | undefined, env: Io['env']): Promise<Chosen> {
  if (kubeconfig !== undefined) return fromFiles([kubeconfig], context);
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const files = (named.length > 0 ? named : [join(env['HOME'] ?? homedir(), '.kube', 'config')]).filter(existsSync);
  if (files.length > 0) return fromFiles(files, context);
  const where =
    named.length > 0 ? `KUBECONFIG (${named.join(', ')}) names no file that exists` : 'there is no ~/.kube/config';
  if (context !== undefined) throw new Error(`no context ${JSON.stringify(context)}: ${where}; use --kubeconfig FILE`);
  try {
    const namespace = podNamespace();
    return { config: await inCluster(), context: 'in-cluster', ...(namespace && { namespace }) };
  } catch {
    throw new Error(
      `there is no cluster to read from: ${where}, and this is no pod with a service account; use --kubeconfig FILE`,
    );
  }
}

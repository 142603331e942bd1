/** Kubectl: the program, with a test API server and a directory of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localHost } from '../../apply/host.js';
import type { Outcome } from '../../tools/ask.js';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../api-server.js';

export interface Kubectl {
  readonly server: ApiServer;
  /** Writes a file into the directory; returns its path. */
  readonly file: (name: string, text: string) => string;
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
  /** Standard output; throws when kubectl fails. */
  readonly output: (...args: readonly string[]) => Promise<string>;
  /** Whether it is a newer one than Debian's 1.20; what changed since then did so before 1.26. */
  readonly isNew: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** kubectl, and its server without objects. */
export async function startKubectl(options?: ApiServerOptions): Promise<Kubectl> {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-kubectl-'));
  const server = await startApiServer(options);
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const config = file('config', server.kubeconfig());
  const run = (...args: readonly string[]) =>
    localHost().run(['kubectl', '--kubeconfig', config, '--cache-dir', directory, ...args]);
  const output = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const isNew = async (): Promise<boolean> => {
    const { clientVersion } = JSON.parse(await output('version', '--client', '-o', 'json'));
    return Number.parseInt(clientVersion.minor, 10) >= 26;
  };
  const close = async (): Promise<void> => {
    await server.close();
    rmSync(directory, { recursive: true });
  };
  return { server, file, run, output, isNew, close };
}

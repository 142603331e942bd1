/**
 * cli: the service proxies that run on a node, and a warning where kube-proxy is one.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Host } from '../apply/host.js';
import type { Diagnostic } from '../diag.js';
import type { Process } from '../doctor/facts.js';
import { besideKubeProxy } from '../doctor/proxies.js';

/** The warning `kube-proxy-runs`: it and vipc would change the same rules. */
export async function kubeProxyWarning(host: Host, netns: string | undefined): Promise<readonly Diagnostic[]> {
  const found = besideKubeProxy(await readProxies(host, netns));
  return found ? [{ code: 'kube-proxy-runs', severity: 'warning', ...found }] : [];
}

/** Service proxies in the node's network namespace; without --netns also those whose namespace cannot be read. */
export async function readProxies(host: Host, netns: string | undefined): Promise<readonly Process[]> {
  const here = (await host.run(['readlink', '/proc/self/ns/net'])).stdout.trim();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id): readonly Process[] => {
      const name = proxyNamed(read(() => readFileSync(`/proc/${id}/cmdline`, 'utf8')) ?? '');
      if (name === undefined) return [];
      const there = read(() => readlinkSync(`/proc/${id}/ns/net`));
      const isHere = there === undefined ? netns === undefined : there === here;
      return isHere ? [{ pid: Number(id), name }] : [];
    });
}

/** What it reads; undefined where that is not there, or must not be seen. */
export function read(from: () => string): string | undefined {
  try {
    return from();
  } catch {
    return undefined;
  }
}

function proxyNamed(commandLine: string): Process['name'] | undefined {
  const [program = '', ...args] = commandLine.split('\0');
  if (basename(program) === 'kube-proxy') return 'kube-proxy';
  const [script = '', command] = basename(program) === 'node' ? args : [program, ...args];
  return /^vipc(?:\.js)?$/.test(basename(script)) && command === 'sync' ? 'vipc' : undefined;
}

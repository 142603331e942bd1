/** Kernel: rules through the real tools, in their own namespace: text → iptables-restore → iptables-save → text. */
import type { Host } from '../../apply/host.js';
import { FAMILIES, type Family } from '../../ip.js';
import { VARIANTS, type Variant } from '../../tools/iptables/variants.js';
import { succeeded, withNetns } from './netns.js';

export { VARIANTS, type Variant } from '../../tools/iptables/variants.js';

/** Every family with every variant. */
export const TOOLS = FAMILIES.flatMap((family) => VARIANTS.map((variant) => ({ family, variant })));

/** Every variant with every layout of iptables mode. */
export const NODES = VARIANTS.flatMap((variant) => ['kube-proxy', 'fast'].map((layout) => ({ variant, layout })));

export interface Load {
  readonly family: Family;
  readonly variant: Variant;
  /** Whole tables, each with its COMMIT. */
  readonly text: string | Iterable<string>;
}

export interface ReadBack {
  /** The error of iptables-restore, if it refused the text; then nothing was loaded. */
  readonly error?: string;
  /** The output of iptables-save afterwards; empty after an error. */
  readonly saved: string;
}

/**
 * Loads the texts one after the other into one fresh namespace and reads each back before the next. A restore replaces
 * the tables that it names, so the texts do not affect each other as long as all name the same tables.
 */
export function loadsInKernel(loads: readonly Load[]): Promise<readonly ReadBack[]> {
  return withNetns(async (host) => {
    const results: ReadBack[] = [];
    for (const load of loads) results.push(await loadAndSave(host, load));
    return results;
  });
}

/** Loads a text into the namespace of `host` and reads it back. */
export async function loadAndSave(host: Host, { family, variant, text }: Load): Promise<ReadBack> {
  const restored = await host.run([tool(family, variant, 'restore'), WAIT], text);
  if (restored.code !== 0) return { error: restored.stderr.trim() || `exit ${restored.code}`, saved: '' };
  const save = tool(family, variant, 'save');
  return { saved: succeeded(await host.run([save]), save).stdout };
}

/** `ip6tables-legacy-save` and the like. */
export function tool(family: Family, variant: Variant, verb: 'restore' | 'save'): string {
  return `${family === 'ipv4' ? 'iptables' : 'ip6tables'}-${variant}-${verb}`;
}

/** legacy has one lock for the whole machine, across namespaces, and without this option gives up at once. */
export const WAIT = '--wait=60';

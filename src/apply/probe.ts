/**
 * Probe: which of the two iptables a node uses, what it can do, and what rules there are. Asked once, into a struct.
 */
import type { Features } from '../backends/features.js';
import { show } from '../diag.js';
import type { Family } from '../ip.js';
import type { SavedRuleSet } from '../tools/iptables/parse.js';
import { demand, failure } from './ask.js';
import type { Host } from './host.js';
import { readRules } from './read-rules.js';

/** The two ways iptables has of reaching the kernel, which do not see each other's rules. */
export type Variant = 'nft' | 'legacy';

export const VARIANTS: readonly Variant[] = ['nft', 'legacy'];

/** iptables-nft takes time with the square of the chains in a commit, iptables-legacy copies the table at each. */
export const CHAINS_PER_COMMIT: Readonly<Record<Variant, number>> = { nft: 300, legacy: Number.POSITIVE_INFINITY };

/** The iptables of a node that programs one variant. */
export interface Iptables {
  readonly variant: Variant;
  /** What stands before `-save` and `-restore`: `iptables-nft`, or `iptables` where the tools have just that name. */
  readonly program: Readonly<Record<Family, string>>;
}

/** One variant with the rules it has, for each family that the node has. */
export interface Surveyed {
  readonly iptables: Iptables;
  readonly saved: readonly SavedRuleSet[];
  /** Why they could not be read. */
  readonly unreadable?: string;
}

/** What both variants have, as far as tools and kernel have them; throws when there is none, or one cannot be read. */
export async function survey(host: Host): Promise<readonly Surveyed[]> {
  const named = await Promise.all(VARIANTS.map((variant) => surveyOne(host, variant, `-${variant}`)));
  const found = named.flatMap((each) => each ?? []);
  if (found.length > 0) return found;
  // Some distributions have one variant only, without a suffix.
  const version = await host.run(['iptables-save', '--version']);
  const plain = await surveyOne(host, /legacy/.test(version.stdout) ? 'legacy' : 'nft', '');
  if (plain) return [plain];
  throw new Error(failure('iptables-save', await host.run(['iptables-save'])));
}

async function surveyOne(host: Host, variant: Variant, suffix: string): Promise<Surveyed | undefined> {
  const iptables: Iptables = { variant, program: { ipv4: `iptables${suffix}`, ipv6: `ip6tables${suffix}` } };
  try {
    const saved = await readRules(host, iptables);
    return saved.some(({ family }) => family === 'ipv4') ? { iptables, saved } : undefined;
  } catch (error) {
    return { iptables, saved: [], unreadable: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The variant that the node uses: where kubelet left its mark, as everybody in a cluster agrees to look for (KEP-3178,
 * iptables-wrappers), else the one with more rules, else nft.
 */
export function choose(surveyed: readonly Surveyed[]): Surveyed | undefined {
  const marked = surveyed.find(({ saved }) => saved.some(hasMark));
  if (marked) return marked;
  return [...surveyed].sort((a, b) => count(b) - count(a))[0];
}

function hasMark({ tables }: SavedRuleSet): boolean {
  const mangle = tables.find(({ name }) => name === 'mangle');
  return mangle?.chains.some(({ name }) => /^KUBE-(?:IPTABLES-HINT|KUBELET-CANARY)$/.test(name)) ?? false;
}

function count({ saved }: Surveyed): number {
  const chains = saved.flatMap(({ tables }) => tables.flatMap((table) => table.chains));
  return chains.reduce((sum, { lines }) => sum + lines.length, 0);
}

/** What the tools can do. */
export async function features(host: Host, { program }: Iptables): Promise<Features> {
  const argv = [`${program.ipv4}-restore`, '--version'];
  const stdout = await demand(host, argv);
  const [found, ...parts] = /v(\d+)\.(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (found === undefined) throw new Error(`${argv.join(' ')} prints no version: ${show(stdout)}`);
  const [major = 0, minor = 0, patch = 0] = parts.map(Number);
  return { randomFully: major > 1 || minor > 6 || (minor === 6 && patch >= 2) };
}

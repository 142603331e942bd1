/**
 * variants: which of the two iptables variants a node uses, and its observed rules. Detected once, into a struct.
 */
import { show } from '../../diag.js';
import { type Ask, demand, failure, isMissing } from '../ask.js';
import type { Iptables, Variant } from '../detected.js';
import type { SavedRuleSet } from './parse.js';
import { printRule } from './print.js';
import { readRules } from './read.js';
import { rule } from './types.js';

export type { Iptables, Variant } from '../detected.js';

export const VARIANTS: readonly Variant[] = ['nft', 'legacy'];

/**
 * The time of iptables-nft grows with the square of the chains in a commit; iptables-legacy copies the table at each.
 */
export const CHAINS_PER_COMMIT: Readonly<Record<Variant, number>> = { nft: 300, legacy: Number.POSITIVE_INFINITY };

/** One variant and its rules, for each family that the node has. */
export interface DetectedVariant {
  readonly iptables: Iptables;
  readonly saved: readonly SavedRuleSet[];
  /** Why the rules could not be read. */
  readonly unreadable?: string;
}

/** The rules of both variants, where tools and kernel support them; empty where no iptables is installed. */
export async function detect(ask: Ask, nft?: string): Promise<readonly DetectedVariant[]> {
  const named = await Promise.all(VARIANTS.map((variant) => detectOne(ask, variant, `-${variant}`, nft)));
  const found = named.flatMap((each) => each ?? []);
  if (found.length > 0) return found;
  // Some distributions ship one variant only, without a suffix.
  const version = await ask(['iptables-save', '--version']);
  const plain = await detectOne(ask, /legacy/.test(version.stdout) ? 'legacy' : 'nft', '', nft);
  if (plain) return [plain];
  const outcome = await ask(['iptables-save']);
  if (isMissing(outcome)) return [];
  throw new Error(failure('iptables-save', outcome));
}

async function detectOne(
  ask: Ask,
  variant: Variant,
  suffix: string,
  nft: string | undefined,
): Promise<DetectedVariant | undefined> {
  const iptables: Iptables = { variant, program: { ipv4: `iptables${suffix}`, ipv6: `ip6tables${suffix}` } };
  try {
    const saved = await readRules(ask, iptables, nft);
    return saved.some(({ family }) => family === 'ipv4') ? { iptables, saved } : undefined;
  } catch (error) {
    return { iptables, saved: [], unreadable: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The variant that the node uses: the one where kubelet left its mark, by which all components agree to tell (KEP-3178,
 * iptables-wrappers); else the one with more rules; else nft. `isMark` recognizes the marks among the chains of table
 * mangle.
 */
export function choose(
  detected: readonly DetectedVariant[],
  isMark: (chain: string) => boolean,
): DetectedVariant | undefined {
  const marked = detected.find(({ saved }) =>
    saved.some(({ tables }) =>
      tables.some(({ name, chains }) => name === 'mangle' && chains.some((chain) => isMark(chain.name))),
    ),
  );
  return marked ?? [...detected].sort((a, b) => count(b) - count(a))[0];
}

function count({ saved }: DetectedVariant): number {
  const chains = saved.flatMap(({ tables }) => tables.flatMap((table) => table.chains));
  return chains.reduce((sum, { lines }) => sum + lines.length, 0);
}

/** What the programs support: --random-fully of MASQUERADE needs iptables 1.6.2. And whether the kernel has xt_bpf. */
export async function features(
  ask: Ask,
  { program }: Iptables,
): Promise<{ readonly randomFully: boolean; readonly bpf: boolean }> {
  const restore = `${program.ipv4}-restore`;
  const argv = [restore, '--version'];
  const stdout = await demand(ask, argv);
  const [found, ...parts] = /v(\d+)\.(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (found === undefined) throw new Error(`${argv.join(' ')} prints no version: ${show(stdout)}`);
  const [major = 0, minor = 0, patch = 0] = parts.map(Number);
  return { randomFully: major > 1 || minor > 6 || (minor === 6 && patch >= 2), bpf: await hasBpf(ask, restore) };
}

/** In test mode nothing is committed, but iptables asks the kernel for the match. */
async function hasBpf(ask: Ask, restore: string): Promise<boolean> {
  const outcome = await ask([restore, '--test', '--noflush', '--wait=30'], BPF_TRIAL);
  // A captured node was not asked, because that loads the module; most kernels have it.
  if (outcome.code === 0 || isMissing(outcome)) return true;
  // `Extension bpf revision 0 not supported, missing kernel module?`, "Couldn't load match `bpf'"
  if (/(?:Extension |match .)bpf\b/.test(outcome.stderr)) return false;
  throw new Error(failure(`${restore} --test`, outcome));
}

const BPF_TRIAL = [
  '*filter',
  ':VIPC-TRIAL - [0:0]',
  `-A VIPC-TRIAL${printRule(rule({}, [{ kind: 'same-address' }]), 'ipv4')}`,
  'COMMIT',
  '',
].join('\n');

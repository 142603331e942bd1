/**
 * Probe: which of the two iptables a node uses, what it can do, and what rules there are. Asked once, into a struct.
 */
import type { Features } from '../backends/features.js';
import type { Diagnostic } from '../diag.js';
import { FAMILIES, type Family } from '../ip.js';
import { parse, type SavedRuleSet } from '../languages/iptables/parse.js';
import type { Host, Outcome } from './host.js';

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
  /** What of them could not be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What both variants have, as far as tools and kernel have them; throws when there is none, or it may not be asked. */
export async function survey(host: Host): Promise<readonly Surveyed[]> {
  const named = await Promise.all(VARIANTS.map((variant) => surveyOne(host, variant, `-${variant}`)));
  const forbidden = named.find((each) => typeof each === 'string' && FORBIDDEN.test(each));
  if (typeof forbidden === 'string') throw new Error(forbidden);
  const found = named.filter((each) => typeof each !== 'string');
  if (found.length > 0) return found;
  // Some distributions have one variant only, without a suffix.
  const { stdout } = await host.run(['iptables-save', '--version']);
  const plain = await surveyOne(host, /legacy/.test(stdout) ? 'legacy' : 'nft', '');
  if (typeof plain === 'string') throw new Error(plain);
  return [plain];
}

async function surveyOne(host: Host, variant: Variant, suffix: string): Promise<Surveyed | string> {
  const program = { ipv4: `iptables${suffix}`, ipv6: `ip6tables${suffix}` };
  const outcomes = await Promise.all(
    FAMILIES.map(async (family) => ({ family, outcome: await host.run([`${program[family]}-save`]) })),
  );
  const [first] = outcomes;
  if (first && first.outcome.code !== 0) return failure(`${program.ipv4}-save`, first.outcome);
  const read = outcomes
    .filter(({ outcome }) => outcome.code === 0)
    .map(({ family, outcome }) => ({ family, ...parse(outcome.stdout, family) }));
  const diagnostics = read.flatMap(({ family, diagnostics }) =>
    diagnostics.map(
      (found): Diagnostic => ({ ...found, severity: 'warning', message: `${program[family]}-save, ${found.message}` }),
    ),
  );
  return { iptables: { variant, program }, saved: read.map(({ value }) => value), diagnostics };
}

const FORBIDDEN = /permission denied|operation not permitted|must be root/i;

/** What a program said, in one line: the beginning, for iptables-nft lists whatever follows from the first thing wrong. */
export function failure(what: string, { code, stderr }: Outcome): string {
  const lines = stderr.trim().split(/\s*\n\s*/);
  const more = lines.length - MOST_LINES;
  const beginning = lines.slice(0, MOST_LINES).join('; ').replace(/:; /g, ': ');
  const said = more > 0 ? `${beginning}; and ${more} lines more` : beginning || `exit ${code}`;
  const place = /lock file.*(?:Read-only|No such file)/i.test(stderr);
  const hint = place ? ' (XTABLES_LOCKFILE names another)' : FORBIDDEN.test(stderr) ? ' (this needs root)' : '';
  return `${what}: ${said}${hint}`;
}

const MOST_LINES = 4;

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
  const { stdout } = await host.run([`${program.ipv4}-restore`, '--version']);
  const [, ...parts] = /v(\d+)\.(\d+)\.(\d+)/.exec(stdout) ?? [];
  const [major = 1, minor = 6, patch = 2] = parts.map(Number);
  return { randomFully: major > 1 || minor > 6 || (minor === 6 && patch >= 2) };
}

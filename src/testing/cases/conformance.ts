/**
 * Conformance: are these the rules kube-proxy writes? Compares two iptables-save texts the way
 * fixtures/conformance/README.md says, and answers with readable differences, none when they agree.
 */
import { parseSaved, type SavedChain, type SavedTable } from '../node/saved.js';

/** What differs between our rules, as a kernel gave them back, and kube-proxy's. */
export function differences(ours: string, kubeProxys: string): readonly string[] {
  const [left, right] = [comparable(ours), comparable(kubeProxys)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
    const [mine, theirs] = [left.get(name), right.get(name)];
    if (!mine || !theirs) return [`${name}: only ${mine ? 'we have' : 'kube-proxy has'} this chain`];
    if (mine.policy !== theirs.policy) return [`${name}: policy ${mine.policy}, kube-proxy's ${theirs.policy}`];
    return ruleDifferences(name, ordered(mine), ordered(theirs));
  });
}

/** A running kube-proxy's own flush detector; its mangle table holds nothing else. */
const CANARY = 'KUBE-PROXY-CANARY';

/** kube-proxy walks a hash map of Service ports to fill these. */
const SHARED = new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-FIREWALL']);

/** In ipvs mode; each rule there is about one address and port, and drops. */
const UNORDERED = 'KUBE-IPVS-OUT-FILTER';

/** All chains as `table CHAIN`, without the canary. */
function comparable(text: string): ReadonlyMap<string, SavedChain> {
  const named = ([table, chains]: [string, SavedTable]) =>
    [...chains.values()].map((chain) => [`${table} ${chain.name}`, chain] as const);
  return new Map(
    [...parseSaved(text)]
      .filter(([table]) => table !== 'mangle')
      .flatMap(named)
      .filter(([, chain]) => chain.name !== CANARY),
  );
}

/**
 * The rules in an order that is the same for both sides. In a shared chain the Service ports of a run are sorted, each
 * keeping its rules in order; a rule of no Service, such as the jump to KUBE-NODEPORTS, stays where it is and ends a run.
 */
function ordered(chain: SavedChain): readonly string[] {
  if (chain.name === UNORDERED) return [...chain.rules].sort();
  if (!SHARED.has(chain.name)) return chain.rules;
  const result: string[] = [];
  let run = new Map<string, string[]>();
  const endRun = () => {
    for (const port of [...run.keys()].sort()) result.push(...(run.get(port) ?? []));
    run = new Map();
  };
  for (const rule of chain.rules) {
    const port = servicePort(rule);
    if (port === undefined) {
      endRun();
      result.push(rule);
    } else run.set(port, [...(run.get(port) ?? []), rule]);
  }
  endRun();
  return result;
}

/** `default/web:http`: the Service port whose rule this is, which kube-proxy writes first in the comment. */
function servicePort(rule: string): string | undefined {
  return /--comment "?([a-z0-9.-]+\/[a-z0-9.-]+(?::[a-z0-9-]+)?)[" ]/.exec(rule)?.[1];
}

/** The first rule that differs, and how the two lists go on. */
function ruleDifferences(name: string, mine: readonly string[], theirs: readonly string[]): readonly string[] {
  const missing = theirs.filter((rule) => !mine.includes(rule));
  const extra = mine.filter((rule) => !theirs.includes(rule));
  const found = [...missing.map((rule) => `${name}: - ${rule}`), ...extra.map((rule) => `${name}: + ${rule}`)];
  if (found.length > 0) return found;
  const at = theirs.findIndex((rule, i) => rule !== mine[i]);
  if (at >= 0) return [`${name}: rule ${at + 1} is ${mine[at] ?? 'missing'}, kube-proxy's is ${theirs[at]}`];
  return mine.length === theirs.length ? [] : [`${name}: rule ${theirs.length + 1} is there once too often`];
}

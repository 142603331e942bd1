/**
 * Conformance: are these the rules that kube-proxy writes? Compares two iptables-save texts as
 * fixtures/conformance/README.md defines, and returns readable differences, none when they agree.
 */
import { parseSaved, type SavedChain, type SavedTable } from '../node/saved.js';

/** The differences between our rules, as read back from a kernel, and kube-proxy's. */
export function differences(ours: string, kubeProxys: string): readonly string[] {
  const [left, right] = [comparable(ours), comparable(kubeProxys)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
    const [mine, theirs] = [left.get(name), right.get(name)];
    if (!mine || !theirs) return [`${name}: only ${mine ? 'we have' : 'kube-proxy has'} this chain`];
    if (mine.policy !== theirs.policy) return [`${name}: policy ${mine.policy}, kube-proxy's ${theirs.policy}`];
    return ruleDifferences(name, ordered(mine), ordered(theirs));
  });
}

/** A running kube-proxy uses it to detect a flush of its rules; its mangle table holds nothing else. */
const CANARY = 'KUBE-PROXY-CANARY';

/** kube-proxy fills these in the random order of a Go map of Service ports. */
const SHARED = new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-FIREWALL']);

/** A chain of ipvs mode; each rule drops packets to one address and port, so their order does not matter. */
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
 * The rules in an order that is the same for both sides. In a shared chain, runs of Service ports are sorted, and each
 * port keeps the order of its rules. A rule of no Service, such as the jump to KUBE-NODEPORTS, stays in place and ends
 * a run.
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

/** `default/web:http`: the Service port of a rule, with which kube-proxy begins its comment. */
function servicePort(rule: string): string | undefined {
  return /--comment "?([a-z0-9.-]+\/[a-z0-9.-]+(?::[a-z0-9-]+)?)[" ]/.exec(rule)?.[1];
}

/** The first rule that differs, and the next rules on both sides. */
function ruleDifferences(name: string, mine: readonly string[], theirs: readonly string[]): readonly string[] {
  const missing = theirs.filter((rule) => !mine.includes(rule));
  const extra = mine.filter((rule) => !theirs.includes(rule));
  const found = [...missing.map((rule) => `${name}: - ${rule}`), ...extra.map((rule) => `${name}: + ${rule}`)];
  if (found.length > 0) return found;
  const at = theirs.findIndex((rule, i) => rule !== mine[i]);
  if (at >= 0) return [`${name}: rule ${at + 1} is ${mine[at] ?? 'missing'}, kube-proxy's is ${theirs[at]}`];
  return mine.length === theirs.length ? [] : [`${name}: rule ${theirs.length + 1} is there once too often`];
}

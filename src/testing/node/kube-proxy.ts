/**
 * kube-proxy: rules as it leaves them on a node. vipc compiles them; kube-proxy writes Services in a different order
 * each time, and keeps empty chains that show a flush of the rules.
 */
import { savedTables } from './saved.js';

/** Whole tables as kube-proxy would have written them; `seed` determines the order. */
export function asKubeProxyWrites(text: string, seed: number): string {
  const tables = [...savedTables(text)].map(([name, lines]) => {
    const chains = lines.filter((line) => line.startsWith(':'));
    const rules = lines.filter((line) => line.startsWith('-A '));
    return [`*${name}`, ...chains, CANARY, ...shuffled(rules, seed), 'COMMIT'];
  });
  return `${[...tables, ['*mangle', CANARY, 'COMMIT']].flat().join('\n')}\n`;
}

const CANARY = ':KUBE-PROXY-CANARY - [0:0]';

/** Every Service has entrances in these chains, in an arbitrary order; the jump to the node ports comes last. */
const SHARED = /^-A (?:KUBE-SERVICES|KUBE-NODEPORTS|KUBE-EXTERNAL-SERVICES|KUBE-PROXY-FIREWALL) /;

function shuffled(rules: readonly string[], seed: number): readonly string[] {
  const isShared = (rule: string) => SHARED.test(rule) && !rule.endsWith('-j KUBE-NODEPORTS');
  // Deterministic, and far from alphabetical.
  const order = (rule: string) => [...rule].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 65521, seed);
  return [...rules.filter(isShared).sort((a, b) => order(a) - order(b)), ...rules.filter((rule) => !isShared(rule))];
}

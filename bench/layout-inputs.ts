/**
 * Inputs of iptables-restore for a cluster of bench/cluster.ts: as vipc writes them, and as kube-proxy does.
 */
import { assume } from '../src/diff/assume.js';
import { type PlanOptions, plan } from '../src/diff/plan.js';
import { parseCidr } from '../src/ip.js';
import { DEFAULT_OPTIONS } from '../src/options.js';
import { artifactsOf, type Compiled, compileState, textOf } from '../src/pipeline.js';
import { render } from '../src/text.js';
import type { Variant } from '../src/tools/detected.js';
import { CHAINS_PER_COMMIT } from '../src/tools/iptables/variants.js';
import type { ObservedState } from '../src/tools/tools.js';
import { asJson, cluster, NODE } from './cluster.js';

/** The endpoints of a Service. */
export const ENDPOINTS = Number(process.env['BENCH_ENDPOINTS'] ?? 10);

/** A cluster of Services of one protocol; some endpoint has another address if `replaced`. */
export function compiled(
  services: number,
  layout: string,
  { protocol, replaced = false }: { readonly protocol: 'TCP' | 'UDP'; readonly replaced?: boolean },
): Compiled {
  const made = asJson(cluster({ services, endpoints: ENDPOINTS }));
  const text = made.replaceAll('"protocol":"TCP"', `"protocol":"${protocol}"`);
  const n = (services >> 1) * ENDPOINTS;
  const ip = [10, 128 + Math.floor(n / 254 ** 2), 1 + (Math.floor(n / 254) % 254), 1 + (n % 254)].join('.');
  const clusterCIDRs = [parseCidr('10.128.0.0/9')].flatMap((cidr) => cidr ?? []);
  const { value } = compileState(
    [{ name: 'cluster.json', text: replaced ? text.replaceAll(`"${ip}"`, '"10.250.0.1"') : text }],
    { ...DEFAULT_OPTIONS, nodeName: NODE, clusterCIDRs },
    { layout },
  );
  if (!value) throw new Error('the cluster does not compile');
  return value;
}

/** What vipc apply sends to an empty node, or to one that has `before`. */
export function sent(variant: Variant, after: Compiled, before?: Compiled): string {
  const program = { ipv4: `iptables-${variant}`, ipv6: `ip6tables-${variant}` };
  const options: PlanOptions = {
    iptables: { variant, program },
    chainsPerCommit: CHAINS_PER_COMMIT[variant],
    excludeCIDRs: [],
  };
  const empty: ObservedState = { iptables: [{ family: 'ipv4', tables: [] }] };
  const { steps } = plan(before ? assume(empty, before.desired) : empty, after.desired, options);
  const step = steps.find((each) => each.tool === 'iptables');
  return step ? render(step.input) : '';
}

/** All rules as `vipc compile` prints them: chains sorted by name, in one commit for each table. */
export function whole(of: Compiled): string {
  const artifact = artifactsOf(of).find(({ name }) => name === 'iptables.rules');
  return artifact ? render(textOf(artifact)) : '';
}

/** What vipc sends, with the shared chain KUBE-SERVICES of table nat, which kube-proxy writes at each change. */
export function asKubeProxy(change: string, after: Compiled): string {
  const [, nat = ''] = whole(after).split('*nat\n');
  const services = nat.split('\n').filter((line) => line.startsWith('-A KUBE-SERVICES '));
  const others = change.split('\n').filter((line) => !/^(?::|-[ADI] )KUBE-SERVICES /.test(line));
  // Chains first, then rules, and what is deleted last.
  const declared = others.toSpliced(others.lastIndexOf('*nat') + 1, 0, ':KUBE-SERVICES - [0:0]');
  const last = declared.lastIndexOf('COMMIT');
  const deleted = declared.findIndex((line, i) => i > declared.lastIndexOf('*nat') && line.startsWith('-X '));
  return declared.toSpliced(deleted < 0 ? last : deleted, 0, ...services).join('\n');
}

/**
 * explain: a Service on a live node: whether its rules are correct, and which foreign rules (firewall, network plugin)
 * stop its packets. In: the rules on the node, their differences from the desired rules, findings of doctor.
 */
import type { Finding as NodeFinding } from '../doctor/finding.js';
import type { Options } from '../options.js';
import type { Site } from '../packet/branch.js';
import { newEvaluator, type Outcome } from '../packet/evaluate.js';
import { briefly, isNftTable } from '../packet/nft/brief.js';
import type { NodeRules } from '../packet/node.js';
import type { ServiceChange } from '../review/compare.js';
import { type About, count, finding } from './about.js';
import { clientsOf } from './clients.js';
import { packetOf } from './matrix.js';
import type { Served } from './on-nodes.js';
import type { Beyond } from './service.js';
import type { Finding, OnLiveNode } from './types.js';

/** The observed state of a node. */
export interface LiveNode {
  readonly name: string;
  readonly rules: NodeRules;
  readonly changes: readonly ServiceChange[];
  readonly doctor: readonly NodeFinding[];
}

/** The number of differing lines that a page shows. */
const MOST_LINES = 8;

/** The findings about the Service on `node`, and the data of the section about it. */
export function beyondOf(about: About, node: LiveNode, served: Served, options: Options): Beyond {
  const changed = node.changes.filter(({ service }) => service === undefined || isOf(service, about.key));
  const lines = changed.flatMap(({ sections }) =>
    sections.flatMap((section) =>
      section.lines.filter(({ kind }) => kind !== ' ').map(({ kind, text }) => `${kind} ${text}`),
    ),
  );
  const { stopped, depends } = foreign(about, node, served, options);
  const live: OnLiveNode = {
    node: node.name,
    different: lines.length,
    lines: lines.slice(0, MOST_LINES),
    stopped,
    depends,
  };
  return {
    live,
    findings: [...differing(live, node.rules, options), ...stopping(live), ...node.doctor.flatMap(fromDoctor)],
  };
}

/** Whether a ServicePort, as `default/web:http` or `default/web` for an unnamed port, belongs to the Service. */
function isOf(servicePort: string, key: string): boolean {
  return servicePort === key || servicePort.startsWith(`${key}:`);
}

function differing({ node, different }: OnLiveNode, rules: NodeRules, { mode }: Options): readonly Finding[] {
  if (different === 0) return [];
  const there = modeOf(rules);
  const [message, fix] =
    there !== undefined && there !== (mode || 'iptables')
      ? [
          `the rules of ${node} are of ${there} mode, not of ${mode || 'iptables'} mode`,
          `if they are meant to be: --mode ${there}, or -c with kube-proxy’s configuration`,
        ]
      : [
          `the rules of ${node} are not as they should be: ${count(different, 'line')} of it differ`,
          'see them with vipc diff --live; see whether kube-proxy or vipc sync runs there, or vipc apply',
        ];
  return [finding('rules-differ', 'some', message, fix)];
}

/** The mode of the rules of Services on a node; undefined if there are none, or of several modes. */
function modeOf({ nftTables = [], ruleSets, virtualServers }: NodeRules): string | undefined {
  const chains = ruleSets.flatMap(({ tables }) => tables.flatMap((table) => table.chains));
  const modes = [
    ...(chains.some(({ name }) => /^(?:KUBE-SEP|VIPC-SV[CL])-/.test(name)) ? ['iptables'] : []),
    ...(chains.some(({ name, rules }) => name === 'KUBE-PORTALS-CONTAINER' && rules().length > 0) ? ['userspace'] : []),
    ...(virtualServers.length > 0 ? ['ipvs'] : []),
    ...(nftTables.some(({ name }) => name === 'kube-proxy') ? ['nftables'] : []),
  ];
  return modes.length === 1 ? modes[0] : undefined;
}

/** Chains of kube-proxy, vipc and the kubelet; chains of kube-router have the same prefix. */
const OURS = /^VIPC-|^KUBE-(?!ROUTER-|POD-FW-|NWPLCY-)/;

/** Evaluates a packet for each client and address: the foreign rules that stop it, and the unknown conditions. */
function foreign(
  about: About,
  { rules }: LiveNode,
  served: Served,
  options: Options,
): Pick<OnLiveNode, 'stopped' | 'depends'> {
  const evaluator = newEvaluator(rules);
  const stopped: OnLiveNode['stopped'][number][] = [];
  const depends = new Set<string>();
  for (const { context, ports } of served.families) {
    for (const port of ports) {
      for (const client of clientsOf(about, context, port, options)) {
        for (const frontend of port.frontends) {
          const packet = packetOf({ evaluator }, context, port, frontend, client);
          const outcomes = packet ? evaluator.evaluate(packet) : [];
          const address = `${frontend.ip ?? 'node port'} ${frontend.port}`;
          for (const outcome of outcomes) {
            for (const unknown of outcome.depends) depends.add(unknown.replace(/^not /, ''));
            const site = outcome.depends.length === 0 ? stopper(outcome) : undefined;
            if (site) stopped.push({ client: client.name, address, rule: ruleText(site), fix: fixOf(site) });
          }
        }
      }
    }
  }
  return { stopped: distinct(stopped), depends: [...depends] };
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** The foreign rule or policy that drops or rejects the packet. */
function stopper({ end, trail }: Outcome): Site | undefined {
  const last = trail?.site;
  return last && (end === 'drop' || end === 'reject') && !isOurs(last) ? last : undefined;
}

function isOurs({ table, chain }: Site): boolean {
  return table === 'ipvs' || table === 'relay' || (isNftTable(table) ? / kube-proxy$/.test(table) : OURS.test(chain));
}

/** `-A FORWARD -j DROP (table filter)`, `policy drop (chain inet fw forward)` */
function ruleText({ table, chain, text }: Site): string {
  return isNftTable(table) ? `${briefly(text).rule} (chain ${table} ${chain})` : `${text} (table ${table})`;
}

function stopping({ node, stopped }: OnLiveNode): readonly Finding[] {
  const [first] = stopped;
  if (!first) return [];
  const others = new Set(stopped.map(({ client }) => client)).size - 1;
  const who = `${first.client}${others > 0 ? ` and ${count(others, 'other kind')} of clients` : ''}`;
  const message = `a rule of others on ${node} stops packets to ${first.address} (${who}): ${first.rule}`;
  return [finding('foreign-rule', 'some', message, first.fix)];
}

const PLUGIN = /^(?:cali-|CILIUM|KUBE-(?:ROUTER|POD-FW|NWPLCY)|WEAVE-NPC|AZURE-NPM)|^\w+ (?:calico|cilium)/;

function fixOf({ table, chain, text }: Site): string {
  const name = isNftTable(table) ? `${table} ${chain}` : chain;
  if (text.startsWith('-P ')) return `let the network plugin accept what goes to pods, or: iptables -P ${chain} ACCEPT`;
  if (/^DOCKER/.test(chain))
    return 'Docker wrote it: accept the pod network in chain DOCKER-USER, or keep Docker from changing rules (iptables: false)';
  if (PLUGIN.test(name)) return 'the network plugin wrote it: see which NetworkPolicy admits the client';
  if (/^ufw/.test(chain))
    return 'ufw wrote it: ufw route allow, or DEFAULT_FORWARD_POLICY="ACCEPT" in /etc/default/ufw';
  if (/^\w+ firewalld$/.test(table))
    return 'firewalld wrote it: firewall-cmd --permanent --zone=trusted --add-source with the pod network, and --reload';
  return isNftTable(table)
    ? `let a rule of chain ${name} accept the pod network before; one of another chain does not help`
    : `see what wrote chain ${chain}, and let it accept the pod network before this rule`;
}

const CHECKS = new Set(['forwarding', 'rp-filter', 'policy', 'bridge', 'kernel']);

function fromDoctor({ check, state, message, hint = '' }: NodeFinding): readonly Finding[] {
  if (!CHECKS.has(check) || (state !== 'problem' && state !== 'warning')) return [];
  const effect = state === 'problem' ? 'some' : 'none';
  return [{ code: check, severity: state === 'problem' ? 'problem' : 'remark', effect, message, fix: hint }];
}

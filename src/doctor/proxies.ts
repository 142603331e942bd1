/**
 * doctor: the proxies that run on the node, and what a proxy of another mode has left over.
 */

import type { Facts } from './facts.js';
import type { Finding } from './finding.js';

/** The ports of kube-proxy and vipc sync: health checks and metrics. */
const PORTS = [10256, 10249] as const;

/** Findings about proxies that run or did run. */
export function proxyFindings(facts: Facts): readonly Finding[] {
  return [...running(facts), ...lock(facts), ...variants(facts), ...leftovers(facts)];
}

function running({ processes, listening }: Facts): readonly Finding[] {
  const kubeProxy = besideKubeProxy(processes);
  if (kubeProxy) return [{ check: 'kube-proxy', state: 'problem', ...kubeProxy }];
  const daemons = processes.filter(({ name }) => name === 'vipc');
  const taken = PORTS.filter((port) => listening.includes(port));
  if (daemons.length > 0) {
    return [
      { check: 'kube-proxy', state: 'ok', message: `vipc sync runs (process ${idsOf(daemons)}), kube-proxy does not` },
    ];
  }
  if (taken.length > 0) {
    return [
      {
        check: 'kube-proxy',
        state: 'warning',
        message: `port ${taken.join(' and ')} is taken: kube-proxy in another container, or another program; vipc sync listens there`,
        hint: 'find it with: ss -ltnp',
      },
    ];
  }
  return [{ check: 'kube-proxy', state: 'ok', message: 'neither kube-proxy nor vipc sync runs' }];
}

/** What to say where kube-proxy is one of the processes of a node; undefined where it is not. */
export function besideKubeProxy(
  processes: Facts['processes'],
): (Pick<Finding, 'message'> & { hint: string }) | undefined {
  const found = processes.filter(({ name }) => name === 'kube-proxy');
  if (found.length === 0) return undefined;
  return {
    message: `kube-proxy runs (process ${idsOf(found)}): it and vipc would undo each other's changes`,
    hint: 'take it off this node first, such as by a nodeSelector of its DaemonSet; its rules may stay',
  };
}

function idsOf(processes: Facts['processes']): string {
  return processes.map(({ pid }) => pid).join(', ');
}

function lock({ lock, processes }: Facts): readonly Finding[] {
  if (!lock?.held) return [];
  const { path, pid } = lock;
  const daemon = processes.some((each) => each.name === 'vipc' && each.pid === pid);
  const holder = pid === undefined ? 'another process' : `process ${pid}`;
  return [
    {
      check: 'lock',
      state: daemon ? 'ok' : 'warning',
      message: `${path} is held by ${daemon ? `vipc sync, ${holder}` : holder}: vipc apply and cleanup wait for it`,
    },
  ];
}

/** Both variants of iptables act on packets, whichever the node uses. */
function variants({ rules = [], variant }: Facts): readonly Finding[] {
  const others = [
    ...new Set(rules.filter((each) => each.ours > 0 && each.variant !== variant).map((each) => each.variant)),
  ];
  return others.map(
    (other): Finding => ({
      check: 'leftovers',
      state: 'problem',
      message: `iptables-${other} has rules of kube-proxy too, and this node uses iptables-${variant}: both act on packets`,
      hint: 'vipc cleanup removes both; then vipc apply',
    }),
  );
}

function leftovers({ mode, ipvs, nftTables, unseen }: Facts): readonly Finding[] {
  const tables = (nftTables ?? []).filter((name) => /^(?:ip|ip6|inet) kube-proxy$/.test(name));
  const found: Finding[] = [];
  if (mode !== 'nftables' && tables.length > 0) {
    found.push({
      check: 'leftovers',
      state: 'problem',
      message: `table ${tables.join(' and ')} is there, of kube-proxy in nftables mode: it still translates addresses`,
      hint: tables.map((name) => `nft delete table ${name}`).join('; '),
    });
  }
  if (mode !== 'ipvs' && (ipvs.device || ipvs.servers > 0)) {
    const what = [
      ...(ipvs.device ? ['the device kube-ipvs0'] : []),
      ...(ipvs.servers > 0 ? [count(ipvs.servers)] : []),
    ];
    found.push({
      check: 'leftovers',
      state: 'warning',
      message: `${what.join(' and ')} ${ipvs.servers > 1 || what.length > 1 ? 'are' : 'is'} there, as ipvs mode leaves them: such addresses are this node's`,
      hint: 'vipc apply removes what kube-proxy left of that mode',
    });
  }
  return found.length > 0 || unseen.length > 0
    ? found
    : [{ check: 'leftovers', state: 'ok', message: 'nothing is left of another mode' }];
}

function count(servers: number): string {
  return `${servers} virtual server${servers === 1 ? '' : 's'} of IPVS`;
}

/**
 * Remarks: what a node has beside what differs that its owner must know.
 */
import type { Program } from '../backends/backend.js';
import { isOurTable, lacksFirewall } from '../backends/ours.js';
import type { Diagnostic } from '../diag.js';
import { printTable } from '../tools/nft/tables.js';
import type { Live } from './live.js';

/** Warnings about `live`, which is to be made `wanted`. */
export function remarks(live: Live, wanted: Program): readonly Diagnostic[] {
  return [...nftablesMode(live), ...firewalls(live, wanted), ...lookups(live)];
}

function nftablesMode({ tables }: Live): readonly Diagnostic[] {
  if (tables === undefined) {
    const message = 'nft is missing, so whether rules of kube-proxy in nftables mode act here is not known';
    return [warning('nft-unseen', message, 'install nftables, as new as that of what wrote the tables')];
  }
  const found = tables.filter(isOurTable);
  if (found.length === 0) return [];
  const message = `rules of kube-proxy in nftables mode act here: ${found.map(printTable).join(', ')}`;
  return [warning('nftables-mode', message, 'stop kube-proxy; apply, sync and cleanup remove the tables')];
}

function firewalls({ ruleSets }: Live, { families }: Program): readonly Diagnostic[] {
  return ruleSets.flatMap((live) => {
    const wanted = families.find(({ about }) => about.family === live.family)?.ruleSet;
    if (!wanted || !lacksFirewall(live, wanted)) return [];
    const message = "KUBE-FIREWALL, which is kubelet's, does not keep others from 127.0.0.0/8 of this node";
    return [warning('kubelet-firewall', message, 'kubelet puts that right within a minute, if it runs')];
  });
}

/** Rules that are not judged by what iptables-save prints of them. */
function lookups({ ruleSets }: Live): readonly Diagnostic[] {
  return ruleSets.flatMap(({ family, tables }) =>
    tables.flatMap(({ name: table, chains }) =>
      chains.flatMap(({ name, lines, lookups = [] }) => {
        const seen = lines.filter((_, i) => lookups[i]).map((line) => `-A ${name}${line}`);
        if (seen.length === 0) return [];
        const more = seen.length > 1 ? ` and ${seen.length - 1} more` : '';
        const message = `chain ${name} of ${family} table ${table} has rules of nft that look into sets, which iptables shows without that: ${seen[0]}${more}`;
        const argv = `nft list chain ${family === 'ipv4' ? 'ip' : 'ip6'} ${table} ${name}`;
        return [warning('nft-rules', message, `our rules stay where they are beside them; see: ${argv}`)];
      }),
    ),
  );
}

function warning(code: string, message: string, hint: string): Diagnostic {
  return { code, severity: 'warning', message, hint };
}

/**
 * owners: kube-proxy's rules as read from a node → the same rules with the ServicePort that their comment names.
 */
import type { Owner } from '../owner.js';
import type { Rule, RuleSet } from '../tools/iptables/types.js';

/** The rule set with owners for the rules of KUBE- and VIPC- chains; comments are parsed when rules() is called. */
export function withOwners<T extends RuleSet>(ruleSet: T): T {
  const tables = ruleSet.tables.map((table) => ({
    ...table,
    chains: table.chains.map((chain) =>
      /^(?:KUBE|VIPC)-/.test(chain.name) ? { ...chain, rules: () => chain.rules().map(owned) } : chain,
    ),
  }));
  return { ...ruleSet, tables };
}

function owned(rule: Rule): Rule {
  if (rule.owner) return rule;
  const owner = ownerOf(rule);
  return owner ? { ...rule, owner } : rule;
}

/** The ServicePort at the beginning of kube-proxy's comment: `default/web:http cluster IP`. */
function ownerOf({ header, matches }: Rule): Owner | undefined {
  const comment = matches.find((match) => match.kind === 'comment');
  if (comment?.kind !== 'comment') return undefined;
  const [, namespace, service, port = ''] =
    /^([a-z0-9-]+)\/([a-z0-9-]+)(?::([a-z0-9-]+))?(?= |$)/.exec(comment.text) ?? [];
  if (namespace === undefined || service === undefined) return undefined;
  const protocol = typeof header.protocol === 'string' ? PROTOCOLS[header.protocol] : 'TCP';
  return { namespace, service, port, protocol };
}

const PROTOCOLS = { tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' } as const;

/**
 * doctor: facts → findings. A finding says what was found and what it means, and how to fix a problem.
 */
import type { Facts } from './facts.js';
import type { Finding } from './finding.js';
import { ruleFindings } from './foreign-rules.js';
import { nftFindings } from './nftables.js';
import { proxyFindings } from './proxies.js';
import { relayFindings } from './relay.js';
import { conntrackFindings, sysctlFindings } from './sysctls.js';

export { type Finding, STATES, type State } from './finding.js';

/** All findings about a node, check by check. */
export function examine(facts: Facts): readonly Finding[] {
  const unseen = facts.unseen.map(
    ({ what, why }): Finding => ({ check: 'sight', state: 'unseen', message: `${what} could not be seen: ${why}` }),
  );
  return [
    toolFindings,
    kernelFindings,
    nftFindings,
    ipvsFindings,
    sysctlFindings,
    conntrackFindings,
    proxyFindings,
    relayFindings,
    ruleFindings,
  ]
    .flatMap((check) => check(facts))
    .concat(unseen);
}

function toolFindings({ tools, mode }: Facts): readonly Finding[] {
  const found = tools.filter(({ installed }) => installed);
  const versions = found.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`)).join(', ');
  const missing = tools
    .filter(({ installed }) => !installed)
    .map((tool): Finding => {
      const hint = `apt-get install ${tool.package}`;
      if (tool.required) return { check: 'tools', state: 'problem', message: `${tool.name} is not installed`, hint };
      return tool.name === 'conntrack'
        ? { check: 'tools', state: 'warning', message: NO_CONNTRACK, hint }
        : { check: 'tools', state: 'ok', message: `${tool.name} is not installed; mode ${mode} does without` };
    });
  return found.length > 0 ? [{ check: 'tools', state: 'ok', message: versions }, ...missing] : missing;
}

const NO_CONNTRACK =
  'conntrack is not installed: UDP clients go on sending to endpoints that are gone, until they pause for a while';

const NO_BPF =
  'the kernel has no bpf: layout fast needs a rule for each endpoint of this node to masquerade what it sends itself';

function kernelFindings({ mode, extensions }: Facts): readonly Finding[] {
  if (!extensions || mode === 'nftables') return [];
  const { missing, refused } = extensions;
  if (refused !== undefined) {
    const message = `iptables refuses rules such as those of Services: ${refused}`;
    return [{ check: 'kernel', state: 'problem', message }];
  }
  if (missing.length === 0) return [{ check: 'kernel', state: 'ok', message: 'the kernel has all that rules need' }];
  return missing.map((name): Finding => {
    const hint = `modprobe xt_${name}`;
    if (name === 'bpf') return { check: 'kernel', state: 'warning', message: NO_BPF, hint };
    const message = `the kernel has no ${name}, which rules of Services need`;
    return { check: 'kernel', state: 'problem', message, hint };
  });
}

function ipvsFindings({ mode, ipvs }: Facts): readonly Finding[] {
  if (mode !== 'ipvs') return [];
  if (ipvs.available) return [{ check: 'kernel', state: 'ok', message: 'the kernel has IPVS' }];
  return [
    {
      check: 'kernel',
      state: 'problem',
      message: 'the kernel has no IPVS, which mode ipvs programs',
      hint: 'modprobe ip_vs, or use --mode iptables',
    },
  ];
}

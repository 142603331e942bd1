/**
 * branch: one way through the rules that connections of a class may take, and the share of them that takes it.
 */
import type { Owner } from '../owner.js';
import type { Variant } from '../tools/detected.js';
import type { Fraction } from './fraction.js';
import type { Hook } from './hooks.js';
import type { Flow } from './packet.js';

/** A rule that matched the packet, the policy of a chain, or a virtual server of IPVS. */
export interface Step {
  readonly hook: Hook;
  /** Of iptables `nat`, of nftables `ip kube-proxy`, or `ipvs`. */
  readonly table: string;
  /** Only for the rules of NodeRules.beside. */
  readonly variant?: Variant | undefined;
  readonly chain: string;
  /** From 1, as iptables numbers rules; 0 for the policy of a chain, and for a virtual server. */
  readonly rule: number;
  /**
   * As iptables -S or nft prints it, for IPVS server and real server as ipvsadm --save does (`-A …`: what it does is not known); after `#` the element of a
   * map that decided.
   */
  readonly text: string;
  readonly owner: Owner | undefined;
  /** The number of rules before it in the chain. */
  readonly passed: number;
  /** What a rule of nftables did; rules of iptables say it in their text. */
  readonly did?: Did;
  /** The packet before the rule changed it. */
  readonly flow: Flow;
}

/** What a rule of nftables did to a packet, and where to. */
export type Did =
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'dnat'; readonly ip: string; readonly port: number | undefined }
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'masquerade' | 'snat' | 'mark' | 'remember' | 'none' }
  | { readonly kind: 'unknown'; readonly text: string };

/**
 * What a step says about its rule. The walk makes one for each step and most are never read, so what takes time, such
 * as the text, is made when it is asked for.
 */
export type Site = Omit<Step, 'flow'>;

/** The steps of a branch as a linked list, the last one first, so that branches share their common steps. */
export interface Trail {
  readonly site: Site;
  readonly flow: Flow;
  readonly before: Trail | undefined;
  /** The steps that the branch took together with others, of which `site` is the last; `flow` has its own destination. */
  readonly joint: Trail | undefined;
  /** Made when it is asked for, once for all branches that share it. */
  step: Step | undefined;
}

export interface Branch {
  readonly flow: Flow;
  readonly weight: Fraction;
  readonly trail: Trail | undefined;
  /** The unknown conditions that it assumes to hold, or with `not` before them, to fail. */
  readonly depends: readonly string[];
  /**
   * The branches that walk as one in this one, as they were when they met; the flow is that of the first, weight and
   * trail begin where they met. See twins.
   */
  readonly twins: readonly Branch[] | undefined;
}

/** The trail with one step more. */
export function stepped(site: Site, { flow, trail }: Pick<Branch, 'flow' | 'trail'>): Trail {
  return { site, flow, before: trail, joint: undefined, step: undefined };
}

/** The trail of a branch that went on with others for the steps of `joint`; `flow` is its own. */
export function jointly(joint: Trail | undefined, flow: Flow, { trail }: Pick<Branch, 'trail'>): Trail | undefined {
  return joint ? { site: joint.site, flow, before: trail, joint, step: undefined } : trail;
}

/** The steps in their order. */
export function stepsOf({ trail }: Pick<Branch, 'trail'>): readonly Step[] {
  const found: Step[] = [];
  for (let at = trail; at; at = at.before) {
    if (at.joint) {
      found.push(...ownSteps(at.joint, at.flow));
      continue;
    }
    at.step ??= stepOf(at.site, at.flow);
    found.push(at.step);
  }
  return found.reverse();
}

/** The steps of a joint trail, the last one first, as the branch with this flow took them. */
function ownSteps(joint: Trail, { destination, destinationPort }: Flow): readonly Step[] {
  const found: Step[] = [];
  for (let at: Trail | undefined = joint; at; at = at.before)
    found.push(stepOf(at.site, { ...at.flow, destination, destinationPort }));
  return found;
}

function stepOf({ hook, table, variant, chain, rule, text, owner, passed, did }: Site, flow: Flow): Step {
  return { hook, table, variant, chain, rule, text, owner, passed, ...(did && { did }), flow };
}

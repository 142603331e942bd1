/**
 * The list of tools, the types of their records, and the order of their stages.
 */
import { addresses } from './addresses/tool.js';
import { ipset } from './ipset/tool.js';
import { iptables } from './iptables/tool.js';
import { ipvs } from './ipvs/tool.js';
import { nft } from './nft/tool.js';
import { relay } from './relay/tool.js';
import { sysctl } from './sysctl/tool.js';
import type { AnyTool, Phase, Tool } from './tool.js';

/** All tools, in the order in which reports list them. */
export const TOOLS = [iptables, ipset, ipvs, addresses, sysctl, nft, relay] as const satisfies readonly AnyTool[];

type OneOf = (typeof TOOLS)[number];

/** The name of a tool. */
export type ToolName = OneOf['name'];

type Named<N extends ToolName> = Extract<OneOf, { readonly name: N }>;
type DesiredOf<T> = T extends Tool<string, infer D, infer _O, infer _F, infer _U> ? D : never;
type ObservedOf<T> = T extends Tool<string, infer _D, infer O, infer _F, infer _U> ? O : never;
type DifferenceOf<T> = T extends Tool<string, infer _D, infer _O, infer F, infer _U> ? F : never;
type OursOf<T> = T extends Tool<string, infer _D, infer _O, infer _F, infer U> ? U : never;

/** All that a mode programs on a node, by tool; a tool is absent when the mode does not use it. */
export type DesiredState = { readonly [N in ToolName]?: DesiredOf<Named<N>> };

/** The state of a node, by tool; a tool is absent when it was not asked, or its state cannot be seen. */
export type ObservedState = { readonly [N in ToolName]?: ObservedOf<Named<N>> };

/** The differences, by tool. */
export type Differences = { readonly [N in ToolName]?: DifferenceOf<Named<N>> };

/** What is ours, by tool. */
export type Ours = { readonly [N in ToolName]: OursOf<Named<N>> };

/** One part of a change. `moves`: it moves packets from one server to another, so an atomic tool is split around it. */
export interface Stage {
  readonly tool: string;
  readonly phase: Phase;
  readonly moves?: true;
}

/**
 * The parts of a change, ordered so that no packet meets a half-built path: new state exists before anything leads to
 * it, and old state goes after nothing leads to it any more. A tool not listed here changes as a whole, last.
 */
export const STAGES: readonly Stage[] = [
  // New listeners of the relay, before rules lead to them.
  { tool: 'relay', phase: 'grow' },
  // All of nftables mode. Its chains come into effect in one transaction; they serve what rules and virtual servers of
  // the other modes serve until those are removed.
  { tool: 'nft', phase: 'make' },
  { tool: 'nft', phase: 'grow' },
  // New sets and members.
  { tool: 'ipset', phase: 'grow' },
  // The device.
  { tool: 'addresses', phase: 'make' },
  // New rules, beside old ones that are still needed.
  { tool: 'iptables', phase: 'grow' },
  { tool: 'sysctl', phase: 'whole' },
  // New virtual and real servers.
  { tool: 'ipvs', phase: 'grow', moves: true },
  // New virtual IPs; in the same step, old ones are removed.
  { tool: 'addresses', phase: 'whole', moves: true },
  // Old servers are removed.
  { tool: 'ipvs', phase: 'shrink', moves: true },
  // Old rules are removed.
  { tool: 'iptables', phase: 'shrink' },
  // Old members and sets are removed.
  { tool: 'ipset', phase: 'shrink' },
  // Old chains of nftables mode are removed, or its tables; until then those serve by themselves.
  { tool: 'nft', phase: 'shrink' },
  // Old listeners, which no rule leads to any more.
  { tool: 'relay', phase: 'shrink' },
];

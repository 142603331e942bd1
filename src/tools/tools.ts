/**
 * The list of tools, what their records hold, and the order of their stages.
 */
import { addresses } from './addresses/tool.js';
import { ipset } from './ipset/tool.js';
import { iptables } from './iptables/tool.js';
import { ipvs } from './ipvs/tool.js';
import { nft } from './nft/tool.js';
import { sysctl } from './sysctl/tool.js';
import type { AnyTool, Phase, Tool } from './tool.js';

/** All of them, in the order in which people read of them. */
export const TOOLS = [iptables, ipset, ipvs, addresses, sysctl, nft] as const satisfies readonly AnyTool[];

type OneOf = (typeof TOOLS)[number];

/** The name of a tool. */
export type ToolName = OneOf['name'];

type Named<N extends ToolName> = Extract<OneOf, { readonly name: N }>;
type DesiredOf<T> = T extends Tool<string, infer D, infer _O, infer _F, infer _U> ? D : never;
type ObservedOf<T> = T extends Tool<string, infer _D, infer O, infer _F, infer _U> ? O : never;
type DifferenceOf<T> = T extends Tool<string, infer _D, infer _O, infer F, infer _U> ? F : never;
type OursOf<T> = T extends Tool<string, infer _D, infer _O, infer _F, infer U> ? U : never;

/** All that a mode programs on a node, in the words of each tool; absent: the mode has no use for it. */
export type DesiredState = { readonly [N in ToolName]?: DesiredOf<Named<N>> };

/** What is on a node; absent: it was not asked, or cannot be seen. */
export type ObservedState = { readonly [N in ToolName]?: ObservedOf<Named<N>> };

/** What differs. */
export type Differences = { readonly [N in ToolName]?: DifferenceOf<Named<N>> };

/** What each tool is told of what is ours. */
export type Ours = { readonly [N in ToolName]: OursOf<Named<N>> };

/** One part of a change. `moves`: it moves packets from one server to another, so an atomic tool is split around it. */
export interface Stage {
  readonly tool: string;
  readonly phase: Phase;
  readonly moves?: true;
}

/**
 * The parts of a change in their order, such that no packet meets a half-built path: what is new is there before anything
 * leads to it, and what is old goes when nothing leads to it any more. A tool without a line here changes as a whole, last.
 */
export const STAGES: readonly Stage[] = [
  // New sets and members.
  { tool: 'ipset', phase: 'grow' },
  // The device.
  { tool: 'addresses', phase: 'make' },
  // New rules, beside the old ones where those are still needed.
  { tool: 'iptables', phase: 'grow' },
  { tool: 'sysctl', phase: 'whole' },
  // New virtual and real servers.
  { tool: 'ipvs', phase: 'grow', moves: true },
  // New virtual IPs, then without the old ones.
  { tool: 'addresses', phase: 'whole', moves: true },
  // Without the old servers.
  { tool: 'ipvs', phase: 'shrink', moves: true },
  // Without the old rules.
  { tool: 'iptables', phase: 'shrink' },
  // Without the old members and sets.
  { tool: 'ipset', phase: 'shrink' },
  // Without the tables of nftables mode, which serve all by themselves until then.
  { tool: 'nft', phase: 'whole' },
];

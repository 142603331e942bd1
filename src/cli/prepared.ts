/**
 * cli: what a command needs before it begins at a node: its tools and its rights. What is missing is said in one
 * sentence, all of it, before a lock is taken or anything is asked.
 */
import { backendFor } from '../backends/index.js';
import { listed, missingOf, type Need, toolsFor } from '../doctor/tools.js';
import { has, isInstalled } from './machine.js';

/** Rejects on a machine that cannot do what a command in that proxy mode, and that network namespace, needs. */
export async function mustBeAble(
  mode: string,
  { netns, nft }: { readonly netns: string | undefined; readonly nft: string | undefined },
): Promise<void> {
  const lacks = lacking(mode, netns, nft);
  if (lacks.length > 0) throw new Error(lacks.join('; '));
}

function lacking(mode: string, netns: string | undefined, nft: string | undefined): readonly string[] {
  const needs: readonly Need[] = [
    // One that --nft names need not be in the PATH.
    ...(backendFor(mode)?.tools ?? []).filter((tool) => tool !== 'nft' || nft === undefined),
    ...(netns?.includes('/') ? (['netns-path'] as const) : []),
  ];
  const missing = missingOf(toolsFor(needs), isInstalled);
  return [
    ...(has('CAP_NET_ADMIN') === false
      ? ['the rules of a node can be seen and changed only by root or with CAP_NET_ADMIN (sudo, or securityContext)']
      : []),
    ...(netns !== undefined && has('CAP_SYS_ADMIN') === false
      ? ['a network namespace can be entered only by root or with CAP_SYS_ADMIN']
      : []),
    ...(missing.length > 0
      ? [`${missing.length === 1 ? 'a tool is' : 'tools are'} not installed, or not in the PATH: ${listed(missing)}`]
      : []),
  ];
}

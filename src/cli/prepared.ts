/**
 * cli: what a command needs before it touches a node: options, tools, rights. One sentence names everything that is
 * missing, before a lock is taken or a tool runs.
 */
import type { Checked } from '../diag.js';
import { listed, missingOf, type Need, toolsFor } from '../doctor/tools.js';
import type { Options } from '../options.js';
import { has, isInstalled } from './machine.js';
import { loadOptions, type OptionFlags } from './options.js';

export interface PreparedFlags extends OptionFlags {
  readonly netns?: string;
}

const known = new WeakMap<OptionFlags, Promise<Checked<Options>>>();

/** The options of `flags`; read only once, because the file may be a pipe. */
export function optionsOf(flags: OptionFlags): Promise<Checked<Options>> {
  const before = known.get(flags);
  if (before) return before;
  const now = loadOptions(flags);
  known.set(flags, now);
  return now;
}

/** The same, after checking that this machine has what they need; rejects when it has not. */
export async function prepared(flags: PreparedFlags): Promise<Checked<Options>> {
  const loaded = await optionsOf(flags);
  const lacks = lacking(loaded.value.mode, flags.netns);
  if (lacks.length > 0) throw new Error(lacks.join('; '));
  return loaded;
}

function lacking(mode: string, netns: string | undefined): readonly string[] {
  const needs: readonly Need[] = [
    mode === 'ipvs' ? 'ipvs' : 'iptables',
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

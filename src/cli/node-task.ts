/**
 * cli: what a command at a node is to do: its flags, turned into data at its start and not seen again.
 */
import type { Checked } from '../diag.js';
import type { Options } from '../options.js';
import type { Variant } from '../tools/iptables/variants.js';
import { type Input, type InputFlags, openInput } from './input.js';
import type { Io } from './io.js';
import { loadOptions, type OptionFlags } from './options.js';
import { mustBeAble } from './prepared.js';

/** The flags of every command that looks at a node. */
export interface NodeFlags extends OptionFlags, InputFlags {
  readonly netns?: string;
  readonly iptables: Variant | 'auto';
  readonly nft?: string;
  readonly skipInvalid?: boolean;
  readonly strict?: boolean;
  readonly verbose?: boolean;
}

/** The flags of those that change it. */
export interface ChangeFlags extends NodeFlags {
  /** Seconds. */
  readonly wait: number;
  readonly lockFile?: string;
}

/** What a command at a node is to do. */
export interface NodeTask {
  readonly options: Checked<Options>;
  /** Which node, and which of its iptables and nft. */
  readonly at: {
    readonly netns: string | undefined;
    readonly iptables: Variant | 'auto';
    readonly nft: string | undefined;
  };
  /** How to read and compile. */
  readonly how: {
    readonly layout: string | undefined;
    readonly skipInvalid: boolean;
    readonly strict: boolean;
    readonly verbose: boolean;
  };
  /** What the node is to be given. */
  readonly input: () => Promise<Input>;
}

/** The same of a command that changes the node. */
export interface ChangeTask extends NodeTask {
  /** How long to wait for the lock, and where it is when not at its usual place. */
  readonly lock: { readonly seconds: number; readonly path: string | undefined };
}

/** What `flags` ask for; the configuration is read once, for its file may be a pipe. */
export async function nodeTask(paths: readonly string[], flags: NodeFlags, io: Io): Promise<NodeTask> {
  const { netns, iptables, nft, layout, skipInvalid = false, strict = false, verbose = false } = flags;
  return {
    options: await loadOptions(flags),
    at: { netns, iptables, nft },
    how: { layout, skipInvalid, strict, verbose },
    input: () => openInput(paths, flags, io),
  };
}

/** The same for a change. */
export async function changeTask(paths: readonly string[], flags: ChangeFlags, io: Io): Promise<ChangeTask> {
  const task = await nodeTask(paths, flags, io);
  await mustBeAble(task.options.value.mode, task.at);
  return { ...task, lock: { seconds: flags.wait, path: flags.lockFile } };
}

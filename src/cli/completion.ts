/**
 * cli: `vipc completion`.
 */
import type { Command } from 'commander';
import { bashScript } from './completion/bash.js';
import { fishScript } from './completion/fish.js';
import { type Tree, treeOf } from './completion/tree.js';
import { zshScript } from './completion/zsh.js';
import { EXIT, type Io, write } from './io.js';

/** A script for each supported shell. */
const SCRIPTS: Readonly<Record<string, (tree: Tree) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Prints the script for `shell` that completes the command lines of `program`; returns the exit code. */
export async function runCompletion(shell: string, program: Command, io: Io): Promise<number> {
  // kubectl names its plugin `kubectl vipc` in messages, but a shell completes the installed command `vipc`.
  const script = SCRIPTS[shell]?.({ ...treeOf(program), name: 'vipc' });
  if (script === undefined) throw new Error(`there is no completion for ${shell}`);
  await write(io.stdout, [script]);
  return EXIT.ok;
}

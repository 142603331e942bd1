/**
 * cli: the commander tree as plain data, for completion scripts and the manual page.
 */
import type { Argument, Command, Option } from 'commander';

/** What can stand at a place of a command line. */
export type Values =
  | { readonly kind: 'none' | 'text' | 'file' | 'directory' | 'named-file' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] };

export interface OptionNode {
  /** `-o`; absent for most. */
  readonly short: string | undefined;
  /** `--output` */
  readonly long: string;
  /** `DIR`; `''` when it takes no value. */
  readonly placeholder: string;
  readonly description: string;
  readonly values: Values;
}

export interface CommandNode {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionNode[];
  /** The kind of all its arguments. */
  readonly args: Values;
}

/** The program's own options, and its commands with theirs. */
export interface Tree {
  readonly name: string;
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
}

/** `program` as data. */
export function treeOf(program: Command): Tree {
  const commands = program.createHelp().visibleCommands(program);
  const names = commands.map((command) => command.name());
  return {
    name: program.name(),
    options: optionsOf(program),
    commands: commands.map((command) => ({
      name: command.name(),
      summary: command.summary() || command.description(),
      options: optionsOf(command),
      args: command.name() === 'help' ? { kind: 'choices', choices: names } : argsOf(command.registeredArguments),
    })),
  };
}

function optionsOf(command: Command): readonly OptionNode[] {
  return command.createHelp().visibleOptions(command).flatMap(nodeOf);
}

function nodeOf(option: Option): readonly OptionNode[] {
  const { short, long, description, flags, argChoices } = option;
  if (long === undefined || long === null) return [];
  const placeholder = /[<[](.*?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1] ?? '';
  return [{ short: short ?? undefined, long, placeholder, description, values: valuesOf(placeholder, argChoices) }];
}

function argsOf([first]: readonly Argument[]): Values {
  if (first === undefined) return { kind: 'none' };
  return first.argChoices ? { kind: 'choices', choices: first.argChoices } : { kind: 'file' };
}

/** The kind of value for each placeholder. */
const KINDS: Readonly<Record<string, Exclude<Values['kind'], 'choices'>>> = {
  '': 'none',
  FILE: 'file',
  PATH: 'file',
  DIR: 'directory',
  'NAME=PATH': 'named-file',
};

function valuesOf(placeholder: string, choices: readonly string[] | undefined): Values {
  return choices ? { kind: 'choices', choices } : { kind: KINDS[placeholder] ?? 'text' };
}

/** `description` as one short line: its main part, without conditions. */
export function brief(description: string): string {
  return description.split(/ \(|; /)[0] ?? '';
}

/**
 * cli: the command tree → a completion script for fish 3.
 */
import { literal } from './quote.js';
import { brief, type CommandNode, type OptionNode, type Tree, type Values } from './tree.js';

/** The whole script. */
export function fishScript({ name, options, commands }: Tree): string {
  return `# fish completion of ${name}, made by \`${name} completion fish\`
function __${name}_is
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end

function __${name}_has_no_command
    test (count (commandline -opc)) -eq 1
end

complete -c ${name} -e
complete -c ${name} -f
${options.map((option) => line(name, '__vipc_has_no_command', option)).join('')}${commands
  .map((command) => `${commandLine(name, command)}`)
  .join('')}${commands.map((command) => linesOf(name, command)).join('')}`;
}

function commandLine(name: string, command: CommandNode): string {
  return `complete -c ${name} -n __${name}_has_no_command -a ${quoted(command.name)} -d ${quoted(brief(command.summary))}\n`;
}

function linesOf(name: string, command: CommandNode): string {
  const condition = quoted(`__${name}_is ${command.name}`);
  const options = command.options.map((option) => line(name, condition, option)).join('');
  const args = valueFlags(command.args, false);
  return args === '' ? options : `${options}complete -c ${name} -n ${condition}${args}\n`;
}

function line(name: string, condition: string, { short, long, description, values }: OptionNode): string {
  const flags = short === undefined ? `-l ${long.slice(2)}` : `-s ${short.slice(1)} -l ${long.slice(2)}`;
  return `complete -c ${name} -n ${condition} ${flags}${valueFlags(values, true)} -d ${quoted(brief(description))}\n`;
}

/** The flags of `complete` for a value: of an option that requires one, or of an argument. */
function valueFlags(values: Values, required: boolean): string {
  switch (values.kind) {
    case 'none':
      return '';
    case 'choices':
      return `${required ? ' -x' : ''} -a ${quoted(values.choices.map(literal).join(' '))}`;
    case 'directory':
      return `${required ? ' -x' : ''} -a '(__fish_complete_directories)'`;
    case 'file':
    case 'named-file':
      return required ? ' -r -F' : ' -F';
    default:
      return required ? ' -x' : '';
  }
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/**
 * cli: the command tree → a completion script for zsh, to be sourced or installed in the fpath as `_vipc`.
 */
import { literal, quoted } from './quote.js';
import { brief, type CommandNode, type OptionNode, type Tree, type Values } from './tree.js';

/** The whole script. */
export function zshScript({ name, options, commands }: Tree): string {
  const list = commands.map((command) => `    ${quoted(`${escaped(command.name)}:${brief(command.summary)}`)}\n`);
  return `#compdef ${name}
# zsh completion of ${name}, made by \`${name} completion zsh\`

_${name}_named_file() {
  compset -P '*=' && _files
}

_${name}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands=(
${list.join('')}  )
  _arguments -C -s -S \\
${options.map((option) => optionLines(option, 4)).join('')}    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      curcontext="\${curcontext%:*:*}:${name}-$words[1]:"
      case $words[1] in
${commands.map(caseOf).join('')}      esac
      ;;
  esac
}

if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function caseOf({ name, options, args }: CommandNode): string {
  const rest = args.kind === 'none' ? '' : `            ${quoted(`*:argument:${actionOf(args)}`)} \\\n`;
  return `        ${name})
          _arguments -s -S \\
${options.map((option) => optionLines(option, 12)).join('')}${rest}            && return
          ;;
`;
}

/** Every option may be repeated: either the last one counts, or each. */
function optionLines({ short, long, placeholder, description, values }: OptionNode, indent: number): string {
  const about = `[${escaped(brief(description))}]`;
  const value = values.kind === 'none' ? '' : `:${escaped(placeholder)}:${actionOf(values)}`;
  // With `=`, the value may be a separate word or follow an equals sign.
  const forms = values.kind === 'none' ? [short, long] : [short && `${short}+`, `${long}=`];
  return forms
    .filter((form) => form !== undefined)
    .map((form) => `${' '.repeat(indent)}${quoted(`*${form}${about}${value}`)} \\\n`)
    .join('');
}

function actionOf(values: Values): string {
  switch (values.kind) {
    case 'choices':
      // The list is evaluated, and then _arguments removes only backslashes before colons.
      return `(${values.choices.map((choice) => literal(choice).replaceAll(':', '\\:')).join(' ')})`;
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    case 'named-file':
      return '_vipc_named_file';
    default:
      return ' ';
  }
}

/** Escaped for _arguments and _describe, in which colons and brackets are special. */
function escaped(text: string): string {
  return text.replace(/[\\:[\]]/g, '\\$&');
}

/**
 * cli: the command tree → a completion script for bash 3.2 (of macOS) and newer. It needs nothing else, not even vipc.
 */
import { literal, quoted } from './quote.js';
import type { OptionNode, Tree, Values } from './tree.js';

/** The whole script. */
export function bashScript({ name, options, commands }: Tree): string {
  const cases = commands.map(
    (command) => `    ${command.name})
      options=${quoted(flagsOf(command.options).join(' '))}
      args=${quoted(wordOf(command.args))}
      case $before in
${command.options.flatMap(valueCase).join('')}      esac
      ;;
`,
  );
  return `# bash completion of ${name}, made by \`${name} completion bash\`
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} options args value= reply
  # \`--mode=ipvs\` comes as three words.
  if [[ $current == = || $before == = ]]; then
    [[ $current == = ]] && current= || before=\${COMP_WORDS[COMP_CWORD - 2]}
    [[ $before == -* ]] || value=file
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    options=${quoted([...flagsOf(options), ...commands.map((command) => command.name)].join(' '))}
    while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -W "$options" -- "$current")
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('')}    *) return ;;
  esac
  if [[ -z $value && $current == -?* ]]; then
    value="words $options"
  elif [[ -z $value ]]; then
    value=$args
  fi
  case $value in
    file)
      compopt -o filenames 2>/dev/null
      while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -f -- "$current")
      ;;
    directory)
      compopt -o filenames 2>/dev/null
      while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -d -- "$current")
      ;;
    'words '*)
      while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -W "\${value#words }" -- "$current")
      ;;
  esac
}
complete -F _${name} ${name}
`;
}

function flagsOf(options: readonly OptionNode[]): readonly string[] {
  return options.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]));
}

/** A case line for the value of an option. */
function valueCase({ short, long, values }: OptionNode): readonly string[] {
  if (values.kind === 'none') return [];
  const patterns = short === undefined ? long : `${short} | ${long}`;
  return [`        ${patterns}) value=${quoted(wordOf(values))} ;;\n`];
}

/** The script's word for the kind; a path in `NAME=PATH` is recognized by the `=` before it. */
function wordOf(values: Values): string {
  return values.kind === 'choices' ? `words ${values.choices.map(literal).join(' ')}` : values.kind;
}

# What bash adds to each of the lines with the script $1: one match per line, an empty line after each input line.
source "$1"
shift
for line; do
  # Split the line as readline does: at blanks, and around =.
  read -ra COMP_WORDS <<<"${line//=/ = }"
  [[ $line != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  _vipc
  printf '%s\n' "${COMPREPLY[@]}" ''
done

# What bash adds to each of the lines with the script $1: a match a line, an empty line after each.
source "$1"
shift
for line; do
  # As readline splits a line: at blanks, and around =.
  read -ra COMP_WORDS <<<"${line//=/ = }"
  [[ $line != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  _vipc
  printf '%s\n' "${COMPREPLY[@]}" ''
done

# Types each of the lines into an interactive zsh with the script $1, and prints what would be added: a match a line, an
# empty line after each.
script=$1 out=$(mktemp) inner=$(mktemp)
shift
cat >$inner <<END
PS1= PS2=
autoload -Uz compinit && compinit -D -u
source $script
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "\$@"; return; fi
  local -a hits
  builtin compadd -A hits "\$@"
  (( ! \$#hits )) || print -rl -- \$hits >>$out
  builtin compadd "\$@"
}
next() { print >>$out; zle kill-whole-line; print -n '<done>' }
zle -N next
bindkey '^I' complete-word '^T' next
print -n '<done>'
END
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "source $inner"
zpty -r z text '*<done>*'
for line; do
  zpty -n -w z "$line"$'\t'$'\x14'
  zpty -r z text '*<done>*'
done
zpty -d z
cat $out
rm $out $inner

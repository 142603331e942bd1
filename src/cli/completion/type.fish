# What fish adds to each of the lines with the script $argv[1]: a match a line, an empty line after each.
source $argv[1]
for line in $argv[2..-1]
    complete -C $line
    echo
end

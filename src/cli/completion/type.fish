# What fish adds to each of the lines with the script $argv[1]: one match per line, an empty line after each input line.
source $argv[1]
for line in $argv[2..-1]
    complete -C $line
    echo
end

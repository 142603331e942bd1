# Connects COUNT times, one after the other, and prints the results, one per line: `perl connect.pl PROTOCOL ADDRESS
# PORT COUNT SECONDS SOURCE_PORT`, appended to once.pl.
my ($protocol, $address, $port, $count, $seconds, $from) = @ARGV;
print once($protocol, $address, $port, $seconds, $from), "\n" for 1 .. $count;

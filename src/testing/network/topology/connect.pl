# Connects COUNT times, one after the other, and prints what came of it, one line each: `perl connect.pl PROTOCOL ADDRESS
# PORT COUNT SECONDS SOURCE_PORT`, after once.pl.
my ($protocol, $address, $port, $count, $seconds, $from) = @ARGV;
print once($protocol, $address, $port, $seconds, $from), "\n" for 1 .. $count;

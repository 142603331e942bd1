# Answers each TCP connection to PORT with what another server answers: `perl -e (once, relay) PORT ADDRESS ITS_PORT`.
# Prints `ready` and its process once it listens; SIGTERM ends it after the connections that the kernel has accepted.
my ($port, $address, $its) = @ARGV;
my $done = 0;
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = sub { $done = 1 };
socket(my $socket, AF_INET, SOCK_STREAM, 6) or die "socket: $!\n";
setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
bind($socket, pack_sockaddr_in($port, INADDR_ANY)) or die "bind $port: $!\n";
listen($socket, SOMAXCONN) or die "listen: $!\n";
$| = 1;
print "ready $$\n";

while (1) {
  my $last = $done;
  $socket->blocking(0) if $last;
  my $peer = accept(my $connection, $socket);
  last if $last && !$peer;
  next unless $peer;
  syswrite($connection, once('tcp', $address, $its, 3, 0) . "\n");
  close($connection);
}

# Answers the start of a TCP connection and every line on it with its own address and the client's, until the client
# closes: `perl echo.pl PORT ADDRESS`. Prints `ready` once it listens.
use strict;
use warnings;
use Socket qw(:DEFAULT inet_aton inet_ntoa SOMAXCONN);

my ($port, $address) = @ARGV;
$SIG{CHLD} = 'IGNORE';
socket(my $socket, AF_INET, SOCK_STREAM, 6) or die "socket: $!\n";
setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
bind($socket, pack_sockaddr_in($port, inet_aton($address))) or die "bind: $!\n";
listen($socket, SOMAXCONN) or die "listen: $!\n";
$| = 1;
print "ready\n";

while (1) {
  my $peer = accept(my $connection, $socket) or next;
  if (fork) { close($connection); next }
  my (undef, $ip) = unpack_sockaddr_in($peer);
  my $answer = "$address " . inet_ntoa($ip) . "\n";
  syswrite($connection, $answer);
  syswrite($connection, $answer) while sysread($connection, my $line, 1500);
  exit;
}

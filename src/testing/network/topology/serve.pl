# Answers on every protocol and address with its own address and the client's: `perl serve.pl PORT ADDRESS...`. TCP and
# SCTP connections get one line and are closed, a UDP datagram gets the line back. Prints `ready` once it listens.
use strict;
use warnings;
use Socket qw(:DEFAULT inet_pton inet_ntop pack_sockaddr_in6 unpack_sockaddr_in6 SOMAXCONN);

my ($port, @addresses) = @ARGV;
$SIG{PIPE} = 'IGNORE';
my %kinds = (tcp => [SOCK_STREAM, 6], udp => [SOCK_DGRAM, 17], sctp => [SOCK_STREAM, 132]);
my @sockets;
for my $address (@addresses) {
  my $v6 = $address =~ /:/;
  my $packed = inet_pton($v6 ? AF_INET6 : AF_INET, $address) or die "$address: no address\n";
  my $name = $v6 ? pack_sockaddr_in6($port, $packed) : pack_sockaddr_in($port, $packed);
  for my $protocol (sort keys %kinds) {
    my ($type, $number) = @{ $kinds{$protocol} };
    # Without SCTP in the kernel, serve the others.
    socket(my $socket, $v6 ? AF_INET6 : AF_INET, $type, $number) or next;
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
    bind($socket, $name) or die "bind $address: $!\n";
    listen($socket, SOMAXCONN) or die "listen: $!\n" if $type == SOCK_STREAM;
    push @sockets, { socket => $socket, address => $address, stream => $type == SOCK_STREAM };
  }
}
$| = 1;
print "ready\n";

while (1) {
  my $bits = '';
  vec($bits, fileno($_->{socket}), 1) = 1 for @sockets;
  select(my $readable = $bits, undef, undef, undef);
  for my $each (grep { vec($readable, fileno($_->{socket}), 1) } @sockets) {
    if ($each->{stream}) {
      my $peer = accept(my $connection, $each->{socket}) or next;
      syswrite($connection, answer($each, $peer));
      close($connection);
    } else {
      my $peer = recv($each->{socket}, my $data, 1500, 0) or next;
      send($each->{socket}, answer($each, $peer), 0, $peer);
    }
  }
}

sub answer {
  my ($each, $peer) = @_;
  my $v6 = sockaddr_family($peer) == AF_INET6;
  my (undef, $ip) = $v6 ? unpack_sockaddr_in6($peer) : unpack_sockaddr_in($peer);
  return "$each->{address} " . inet_ntop($v6 ? AF_INET6 : AF_INET, $ip) . "\n";
}

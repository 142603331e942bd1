# A prefix for scripts that connect: once(PROTOCOL, ADDRESS, PORT, SECONDS, SOURCE_PORT) makes one connection, and
# returns the server's answer, or `refused`, `timeout`, `unreachable` and the like. Source port 0 means any.
use strict;
use warnings;
use Errno qw(ECONNREFUSED ETIMEDOUT EHOSTUNREACH ENETUNREACH EACCES EPERM EINPROGRESS);
use IO::Handle;
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 IN6ADDR_ANY);

sub once {
  my ($protocol, $address, $port, $seconds, $from) = @_;
  my ($type, $number) = @{ { tcp => [SOCK_STREAM, 6], udp => [SOCK_DGRAM, 17], sctp => [SOCK_STREAM, 132] }->{$protocol} };
  my $v6 = $address =~ /:/;
  my $family = $v6 ? AF_INET6 : AF_INET;
  my $packed = inet_pton($family, $address) or die "$address: no address\n";
  my $name = $v6 ? pack_sockaddr_in6($port, $packed) : pack_sockaddr_in($port, $packed);
  socket(my $socket, $family, $type, $number) or die "socket: $!\n";
  $socket->blocking(0);
  # IPV6_RECVERR, IP_RECVERR: a refusal may arrive before connect() returns, and only this option reports it at once.
  setsockopt($socket, $v6 ? 41 : 0, $v6 ? 25 : 11, 1) if $protocol eq 'tcp';
  # Nothing of the connection outlives it: the kernel reuses a source port after some thousand others, and leftovers at
  # the server or on the way would disturb the next connection from it.
  setsockopt($socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)) if $protocol eq 'tcp';
  if ($from) {
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
    bind($socket, $v6 ? pack_sockaddr_in6($from, IN6ADDR_ANY) : pack_sockaddr_in($from, INADDR_ANY)) or die "bind: $!\n";
  }
  unless (connect($socket, $name)) {
    return why($!) unless $! == EINPROGRESS;
    ready($socket, $seconds, 1) or return 'timeout';
    my $error = unpack('i', getsockopt($socket, SOL_SOCKET, SO_ERROR));
    return why($error) if $error;
  }
  if ($type == SOCK_DGRAM) { syswrite($socket, '?') or return why($!) }
  ready($socket, $seconds, 0) or return 'timeout';
  my $got = sysread($socket, my $line, 1500);
  return why($!) unless defined $got;
  return 'closed' if $got == 0;
  $line =~ s/\s+\z//;
  return $line;
}

# Whether the socket becomes writable, or readable, in time.
sub ready {
  my ($socket, $seconds, $writing) = @_;
  vec(my $bits = '', fileno($socket), 1) = 1;
  return select($writing ? undef : $bits, $writing ? $bits : undef, undef, $seconds);
}

sub why {
  my $error = $_[0] + 0;
  return 'refused' if $error == ECONNREFUSED;
  return 'timeout' if $error == ETIMEDOUT;
  return 'unreachable' if $error == EHOSTUNREACH || $error == ENETUNREACH;
  return 'forbidden' if $error == EACCES || $error == EPERM;
  return "error $error";
}
